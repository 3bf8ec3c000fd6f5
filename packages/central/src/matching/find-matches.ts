import { minimumStake } from "@cyxwiz/contracts";
import { isNull } from "drizzle-orm";
import type { Context } from "../context.ts";
import { nodes, reservations } from "../database/schema/index.ts";
import { isOnline } from "../nodes/online.ts";

import { toCandidate } from "./candidate.ts";
import { compareMatches, type JobNeeds, judge, type Match, type Rejection } from "./match.ts";

/** All nodes that could take a job now, best first, and why the others can't. */
export async function findMatches(
  context: Context,
  needs: JobNeeds,
): Promise<{ matches: Match[]; rejections: Rejection[] }> {
  const [platform, rows, held] = await Promise.all([
    context.chain.platform(),
    context.db.select().from(nodes),
    context.db.select({ nodeId: reservations.nodeId }).from(reservations).where(isNull(reservations.releasedAt)),
  ]);
  const busy = new Set(held.map(({ nodeId }) => nodeId));
  const verdicts = rows.map((row) =>
    judge(needs, toCandidate(row, { busy: busy.has(row.id), online: isOnline(context, row) }), (amount) =>
      minimumStake(amount, platform),
    ),
  );
  return {
    matches: verdicts.filter((verdict) => typeof verdict !== "string").sort(compareMatches),
    rejections: verdicts.filter((verdict) => typeof verdict === "string"),
  };
}
