import type { Address } from "@solana/kit";
import { and, inArray, isNotNull, notInArray, type SQL } from "drizzle-orm";
import type { Context } from "../context.ts";
import { jobs, nodes } from "../database/schema/index.ts";
import { ENDED } from "../jobs/lifecycle.ts";
import { refreshNode } from "../nodes/refresh-node.ts";

type Needs = Pick<Context, "db" | "chain"> & { readonly queue: Pick<Context["queue"], "send"> };

/**
 * Looks at what accounts say now, where the events that would have told of a change are missing: nodes are read at once,
 * jobs by their settlement. Safe to call again.
 */
export async function lookAgain(context: Needs, accounts: readonly Address[]): Promise<void> {
  await look(context, inArray(nodes.nodeAddress, accounts), inArray(jobs.escrowAddress, accounts));
}

/** Looks at all nodes and all jobs that are under way. */
export async function lookAtAll(context: Needs): Promise<void> {
  await look(context, isNotNull(nodes.nodeAddress), isNotNull(jobs.escrowAddress));
}

async function look({ db, chain, queue }: Needs, whichNodes: SQL, whichJobs: SQL): Promise<void> {
  const known = await db.select({ id: nodes.id, wallet: nodes.walletPubkey }).from(nodes).where(whichNodes);
  for (const { id, wallet } of known) if (wallet !== null) await refreshNode({ db, chain }, id, wallet);
  const open = await db
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(whichJobs, notInArray(jobs.status, [...ENDED])));
  for (const { id } of open) await queue.send(db, "settle", id);
}
