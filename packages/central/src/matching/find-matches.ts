import { minimumStake } from "@cyxwiz/contracts";
import { count, gte, inArray, isNull } from "drizzle-orm";
import type { Context } from "../context.ts";
import { jobs, nodes, reservations } from "../database/schema/index.ts";
import { heldFor } from "../nodes/hold.ts";
import { isOnline } from "../nodes/online.ts";
import { refreshNode } from "../nodes/refresh-node.ts";
import { toCandidate } from "./candidate.ts";
import { judge, reject } from "./judge.ts";
import { isRejected, type JobNeeds, type Match, type Rejected } from "./match.ts";
import { compareMatches } from "./rank.ts";

/** All nodes that could take a job now, best first, and why the others can't. */
export async function findMatches(
  context: Context,
  needs: JobNeeds,
): Promise<{ matches: Match[]; rejected: Rejected[] }> {
  const [platform, rows, held, open] = await Promise.all([
    context.chain.platform(),
    context.db.select().from(nodes),
    context.db.select({ nodeId: reservations.nodeId }).from(reservations).where(isNull(reservations.releasedAt)),
    nodesWithUndecidedPay(context),
  ]);
  const undecided = new Map(open.map(({ nodeId, jobs }) => [nodeId, jobs]));
  const busy = new Set(held.map(({ nodeId }) => nodeId));
  const verdicts = rows.map((row) =>
    judge(
      needs,
      toCandidate(row, {
        busy: busy.has(row.id),
        online: isOnline(context, row),
        undecidedJobs: undecided.get(row.id),
        heldFor: heldFor(context, row),
      }),
      (amount) => minimumStake(amount, platform),
    ),
  );
  return {
    matches: verdicts.filter((verdict): verdict is Match => !isRejected(verdict)).sort(compareMatches),
    rejected: verdicts.filter(isRejected),
  };
}

// One stake answers for all of them, and each slash takes a quarter of what the last has left.
function nodesWithUndecidedPay({ db, config }: Context) {
  return db
    .select({ nodeId: jobs.assignedNodeId, jobs: count() })
    .from(jobs)
    .where(inArray(jobs.status, ["VERIFYING", "PAYING"]))
    .groupBy(jobs.assignedNodeId)
    .having(({ jobs: open }) => gte(open, config.undecidedJobsPerNode));
}

/**
 * Looks a match up on chain, because what is known of stake and standing may be old.
 *
 * @returns why the node can't take the job after all; nothing if it can
 */
export async function recheck(context: Context, needs: JobNeeds, match: Match): Promise<Rejected | undefined> {
  const { candidate } = match;
  const [fresh, platform] = await Promise.all([
    refreshNode(context, candidate.nodeId, candidate.wallet),
    context.chain.platform(),
  ]);
  if (!fresh) return reject(candidate, "withdrawn", "it is not in the registry on chain any more");
  const verdict = judge(needs, { ...candidate, ...fresh }, (amount) => minimumStake(amount, platform));
  return isRejected(verdict) ? verdict : undefined;
}
