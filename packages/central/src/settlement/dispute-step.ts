import { EscrowState } from "@cyxwiz/contracts";
import { tryMove } from "../jobs/move-job.ts";
import type { SettlementContext } from "./settlement-context.ts";
import { attempt, type StepResult, type Subject } from "./step.ts";

const LOOK_AGAIN_SECONDS = 60;

/**
 * A step of a job in dispute: waits for the arbiter, and when the time for a decision or an appeal is over, has the chain
 * do what follows; nobody else need be there for that.
 */
export async function disputeStep(
  context: SettlementContext,
  { job, address, escrow }: Subject,
  signal: AbortSignal,
): Promise<StepResult> {
  const { chain, queue } = context;
  const { state, appealUntil, decisionUntil } = escrow;
  await context.db.transaction((tx) => tryMove(context, tx, job.id, "dispute"));
  if ((await chain.time()) >= (state === EscrowState.Resolved ? appealUntil : decisionUntil)) {
    return state === EscrowState.Disputed
      ? attempt(context, job.id, "time_out", () => chain.timeoutRefund(address, escrow), signal)
      : attempt(context, job.id, "execute", () => chain.executeDecision(address, escrow), signal);
  }
  // Takes days; an event tells when it goes on, and if that is missed, a look now and then.
  await context.db.transaction((tx) => queue.sendOnce(tx, "settle", job.id, LOOK_AGAIN_SECONDS));
  return "over";
}
