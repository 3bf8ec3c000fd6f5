import { EscrowState } from "@cyxwiz/contracts";
import { jobRoot } from "@cyxwiz/proof";
import { findJobIfAny, stateOf } from "../jobs/find-job.ts";
import { checkpointsOf } from "../proofs/accept-progress.ts";
import type { SettlementContext } from "./settlement-context.ts";
import { notYet } from "./step.ts";
import { carryOut } from "./transactions.ts";

/**
 * Puts the root over a running job's checkpoints so far on chain, so that its progress stands there whatever happens to
 * Central. What is no longer needed is left out: a job that has ended, a root that is there already.
 *
 * @throws CyxwizError TIMED_OUT when it has to be tried again
 */
export async function anchorProgress(context: SettlementContext, jobId: string, signal: AbortSignal): Promise<void> {
  const every = context.config.anchorEveryEpochs;
  const job = await findJobIfAny(context.db, jobId);
  if (!job || job.escrowAddress === null || stateOf(job) !== "RUNNING") return;
  const { escrowAddress: address, escrowNonce: nonce } = job;
  const escrow = (await context.chain.escrow(address))?.escrow;
  if (escrow?.nonce !== nonce || escrow.state !== EscrowState.Running) return;
  const checkpoints = await checkpointsOf(context.db, jobId);
  const count = checkpoints.length - (checkpoints.length % every);
  if (count <= escrow.leafCount || count > escrow.checkpoints) return;
  const root = jobRoot(checkpoints.slice(0, count));
  const build = () => context.chain.anchorRoot(address, escrow.nonce, root, count);
  const outcome = await carryOut(context, jobId, `anchor_root:${count}`, build, signal);
  // "Void" too: it may have been refused for what went along with it, or have expired.
  if (outcome !== "confirmed" && outcome !== "stuck") throw notYet(jobId, "its progress to be anchored");
}
