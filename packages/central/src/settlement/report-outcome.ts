import { EscrowState, REPORT_DUE } from "@cyxwiz/contracts";
import { findJobIfAny } from "../jobs/find-job.ts";
import type { SettlementContext } from "./settlement-context.ts";
import { notYet } from "./step.ts";
import { carryOut } from "./transactions.ts";

/**
 * Tells the node registry how a settled job has ended, when the settlement itself didn't: the node is free, and slashed
 * where it is at fault. Gives up on a report that is refused again and again; the slot's next use brings it along.
 *
 * @throws CyxwizError TIMED_OUT when it has to be tried again
 */
export async function reportOutcome(context: SettlementContext, jobId: string, signal: AbortSignal): Promise<void> {
  const job = await findJobIfAny(context.db, jobId);
  if (!job || job.escrowAddress === null) return;
  const { escrowAddress: address, escrowNonce: nonce } = job;
  for (;;) {
    const escrow = (await context.chain.escrow(address))?.escrow;
    if (escrow?.nonce !== nonce || escrow.state !== EscrowState.Settled || escrow.reported !== REPORT_DUE) return;
    const outcome = await carryOut(context, jobId, "report", () => context.chain.report(address, escrow), signal);
    if (outcome === "stuck") return;
    if (outcome !== "confirmed" && outcome !== "void") throw notYet(jobId, "its report to be confirmed");
  }
}
