import { sendAndConfirm } from "@cyxwiz/chain";
import { DEFAULT_PROGRAM_ADDRESSES, EscrowState, fetchEscrow, REPORT_DUE } from "@cyxwiz/contracts";
import type { Address } from "@solana/kit";
import type { EscrowAction } from "./escrow-action.ts";
import { reportInstruction } from "./report-instruction.ts";

/**
 * Tells the node registry how a settled job has ended, which frees the node and slashes it where it is at fault; anybody
 * may. Gives the transaction's signature, or nothing when it is told already.
 *
 * @throws CyxwizError `TRANSACTION_FAILED`
 */
export async function reportOutcome(escrow: Address, options: EscrowAction): Promise<string | undefined> {
  const { chain, wallet, programs = DEFAULT_PROGRAM_ADDRESSES, signal } = options;
  const read = { commitment: "confirmed", ...(signal && { abortSignal: signal }) } as const;
  const { data } = await fetchEscrow(chain.rpc, escrow, read);
  if (data.state !== EscrowState.Settled || data.reported !== REPORT_DUE) return undefined;
  const instruction = await reportInstruction({ chain, programs, signal }, escrow, data);
  return sendAndConfirm(chain, {
    what: "Reporting the outcome",
    instructions: [instruction],
    feePayer: wallet,
    attempts: 2,
    ...(signal && { signal }),
  });
}
