import { and, asc, eq, isNotNull, isNull, lt, ne, not, or, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { nodes, reputationUpdateQueue as queue, reputationBatches } from "../database/schema/index.ts";

/** A batch that the chain refused so often is left to an operator: paying for ever more refusals helps nobody. */
export const MAX_REFUSALS = 10;

/** An outcome that is in no batch yet. */
export interface WaitingOutcome {
  readonly id: number;
  readonly nodeId: string;
  readonly wallet: string;
  readonly kind: number;
  readonly value: number;
  readonly page: number | null;
  readonly entry: number | null;
}

// A page takes one batch after the other; what waits for one that is stuck must not stand before the others.
const hasBatchUnderWay = sql`exists (select 1 from ${reputationBatches} where ${reputationBatches.page} = ${nodes.reputationPage} and ${reputationBatches.status} = 'SIGNED')`;

// Nodes from before there were wallets have nowhere to be written to.
const isWaiting = and(
  isNull(queue.batchId),
  not(eq(queue.processed, true)),
  isNotNull(nodes.walletPubkey),
  not(hasBatchUnderWay),
);

/** Outcomes that are in no batch yet, oldest first. */
export async function waitingOutcomes({ db }: Pick<Context, "db">, limit: number): Promise<WaitingOutcome[]> {
  const rows = await db
    .select({
      id: queue.id,
      nodeId: queue.nodeId,
      wallet: nodes.walletPubkey,
      kind: queue.kind,
      value: queue.value,
      page: nodes.reputationPage,
      entry: nodes.reputationEntry,
    })
    .from(queue)
    .innerJoin(nodes, eq(queue.nodeId, nodes.id))
    .where(isWaiting)
    .orderBy(asc(queue.id))
    .limit(limit);
  return rows.map((row) => ({ ...row, wallet: row.wallet ?? "" }));
}

/** Whether a batch is to be written now: enough outcomes wait, or one has waited long enough. */
export async function isBatchDue(context: Pick<Context, "db" | "config" | "nowMs">): Promise<boolean> {
  const { reputationBatchSize, reputationIntervalSeconds } = context.config;
  const [found] = await context.db
    .select({ count: sql<number>`count(*)::int`, oldest: sql<Date | null>`min(${queue.createdAt})` })
    .from(queue)
    .innerJoin(nodes, eq(queue.nodeId, nodes.id))
    .where(isWaiting);
  if (!found || found.count === 0) return false;
  const waitedMs = context.nowMs() - new Date(found.oldest ?? 0).getTime();
  return found.count >= reputationBatchSize || waitedMs >= reputationIntervalSeconds * 1_000;
}

/** Whether there is anything for the writer to do, apart from a batch that is due. */
export async function isUnfinished(context: Pick<Context, "db">): Promise<boolean> {
  if ((await batchesUnderWay(context)).length > 0) return true;
  const [stale] = await context.db.select({ id: nodes.id }).from(nodes).where(or(isUnread, isTierStale)).limit(1);
  return stale !== undefined;
}

/** Batches that are stored and not known to have landed; those that only an operator can help are left out. */
export function batchesUnderWay({ db }: Pick<Context, "db">) {
  return db
    .select()
    .from(reputationBatches)
    .where(and(eq(reputationBatches.status, "SIGNED"), lt(reputationBatches.refusals, MAX_REFUSALS)))
    .orderBy(asc(reputationBatches.id));
}

/** Nodes whose reputation was never looked up. */
export const isUnread = and(isNull(nodes.lastReputationSync), isNotNull(nodes.walletPubkey));

/** Nodes whose tier in the registry is not that of their reputation; who has left has no tier there. */
export const isTierStale = and(
  ne(nodes.registration, "withdrawn"),
  ne(nodes.reputationTier, nodes.registryTier),
  isNotNull(nodes.reputationPage),
  isNotNull(nodes.nodeAddress),
);
