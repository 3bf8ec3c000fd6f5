import { and, asc, eq, inArray, not, notInArray } from "drizzle-orm";
import type { Context } from "../context.ts";
import { blockchainEvents, jobs, nodes } from "../database/schema/index.ts";
import { ENDED } from "../jobs/lifecycle.ts";
import { refreshNode } from "../nodes/refresh-node.ts";

const AT_ONCE = 200;

type Needs = Pick<Context, "db" | "chain" | "log"> & {
  readonly queue: Pick<Context["queue"], "send">;
  readonly settler: Pick<Context["settler"], "run">;
};
type Row = typeof blockchainEvents.$inferSelect;

/** Who else wants to know of events; must be safe to call again with the same ones. */
export type EventHook = (events: readonly Row[]) => Promise<void>;

/**
 * Tells everybody concerned of the events that were written down. An event only says where to look: all of them read
 * the chain, so it does no harm when one is told twice, or by two replicas.
 */
export async function handleEvents(context: Needs, hook: EventHook): Promise<void> {
  for (;;) {
    const waiting = await context.db
      .select()
      .from(blockchainEvents)
      .where(not(eq(blockchainEvents.processed, true)))
      .orderBy(asc(blockchainEvents.id))
      .limit(AT_ONCE);
    if (waiting.length === 0) return;
    await refreshNodes(context, waiting);
    await hook(waiting);
    await tellJobs(context, waiting);
  }
}

async function refreshNodes(context: Needs, events: readonly Row[]): Promise<void> {
  const ids = distinct(events.flatMap(({ program, nodeId }) => (program === "nodeRegistry" && nodeId ? [nodeId] : [])));
  if (ids.length === 0) return;
  const known = await context.db.select().from(nodes).where(inArray(nodes.id, ids));
  for (const { id, walletPubkey } of known) if (walletPubkey) await refreshNode(context, id, walletPubkey);
}

async function tellJobs(context: Needs, events: readonly Row[]): Promise<void> {
  const ids = distinct(events.flatMap(({ jobId }) => (jobId ? [jobId] : [])));
  const open = await context.db.transaction(async (tx) => {
    const handled = events.map(({ id }) => id);
    await tx.update(blockchainEvents).set({ processed: true }).where(inArray(blockchainEvents.id, handled));
    if (ids.length === 0) return [];
    const concerned = and(inArray(jobs.id, ids), notInArray(jobs.status, [...ENDED]));
    const found = await tx.select({ id: jobs.id }).from(jobs).where(concerned);
    for (const { id } of found) await context.queue.send(tx, "settle", id);
    return found;
  });
  for (const { id } of open) {
    void context.settler.run(id).catch((error: unknown) => context.log.debug({ err: error, jobId: id }, "later"));
  }
}

function distinct(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}
