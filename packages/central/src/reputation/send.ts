import { assertConfirmed } from "@cyxwiz/chain";
import type { Instruction } from "@solana/kit";
import type { ReputationChain } from "./reputation-chain.ts";

/**
 * Sends something whose effect can be read from the chain before it is sent again, so that nothing has to be kept.
 *
 * @throws CyxwizError TRANSACTION_FAILED, TRANSACTION_EXPIRED, TIMED_OUT, UNREACHABLE, ABORTED
 */
export async function send(
  chain: ReputationChain,
  what: string,
  instructions: readonly Instruction[],
  signal: AbortSignal,
): Promise<void> {
  const signed = await chain.sign(instructions);
  assertConfirmed(await chain.deliver(signed, signal), { what, signature: signed.signature });
}
