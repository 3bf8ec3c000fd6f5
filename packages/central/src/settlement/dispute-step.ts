import { EscrowState } from "@cyxwiz/contracts";
import { carriedOutNow, noteDispute } from "../disputes/carry-out.ts";
import { tryMove } from "../jobs/move-job.ts";
import type { SettlementContext } from "./settlement-context.ts";
import { attempt, type StepResult, type Subject } from "./step.ts";

const LOOK_AGAIN_SECONDS = 60n;

/**
 * A step of a job in dispute: waits for the arbiter, or decides in its name what the referee has found; when the time for a
 * decision or an appeal is over, has the chain do what follows; nobody else need be there for that.
 */
export async function disputeStep(
  context: SettlementContext,
  { job, address, escrow }: Subject,
  signal: AbortSignal,
): Promise<StepResult> {
  const { chain, queue } = context;
  const { state, appealUntil, decisionUntil } = escrow;
  await context.db.transaction((tx) => tryMove(context, tx, job.id, "dispute"));
  const time = await chain.time();
  if (time >= (state === EscrowState.Resolved ? appealUntil : decisionUntil)) {
    return state === EscrowState.Disputed
      ? attempt(context, job.id, "time_out", () => chain.timeoutRefund(address, escrow), signal)
      : attempt(context, job.id, "execute", () => chain.executeDecision(address, escrow), signal);
  }
  if (state === EscrowState.Disputed) {
    await noteDispute(context, job, escrow);
    const decision = await carriedOutNow(context, job, escrow);
    if (decision !== undefined) {
      return attempt(context, job.id, "resolve", () => chain.resolveDispute(address, escrow, decision), signal);
    }
  }
  // Takes days; an event tells when it goes on, and if that is missed, a look now and then.
  const limits = [escrow.evidenceUntil, decisionUntil, appealUntil].filter((limit) => limit > time);
  const seconds = limits.map((limit) => limit - time).reduce((a, b) => (a < b ? a : b), LOOK_AGAIN_SECONDS);
  await context.db.transaction((tx) => queue.sendOnce(tx, "settle", job.id, Number(seconds) + 1));
  return "over";
}
