import { sendAndConfirm } from "@cyxwiz/chain";
import type { Instruction } from "@solana/kit";
import type { OperatorAction } from "./operator-context.ts";

/** Sends an operator's instructions as one transaction and gives its signature once it is confirmed. */
export function send(
  { chain, wallet, signal }: OperatorAction,
  what: string,
  ...instructions: readonly Instruction[]
): Promise<string> {
  return sendAndConfirm(chain, { what, instructions, feePayer: wallet, attempts: 2, ...(signal && { signal }) });
}
