import type { Context } from "../context.ts";
import { nodes } from "../database/schema/index.ts";
import type { EventHook } from "../events/handle-events.ts";
import { deliverBatch } from "./deliver-batch.ts";
import { openBatches } from "./open-batches.ts";
import { readBack } from "./read-back.ts";
import type { ReputationChain } from "./reputation-chain.ts";
import { type RefusedTiers, syncTiers } from "./sync-tiers.ts";
import { batchesUnderWay, isBatchDue, isUnfinished, isUnread } from "./waiting.ts";

type Needs = Omit<Context, "updates" | "tokenKeys" | "settler" | "queue" | "requestLimits"> & {
  readonly queue: Pick<Context["queue"], "send">;
};

const LOOK_EVERY_MS = 1_000;
/** There is one such work, whatever it is about. */
const SUBJECT = "batches";

/** Writes what nodes did to their reputation on chain. */
export interface ReputationWriter {
  /** Writes all that is due. Throws when it has to be called again. Safe to call anywhere at the same time. */
  run(): Promise<void>;
  /** Copies what the chain says of everybody's reputation, if one of these events is about that. */
  onEvents: EventHook;
  close(): Promise<void>;
}

/** Makes the writer of this process; others may write the same pages at the same time. */
export function createReputationWriter(context: Needs, chain: ReputationChain): ReputationWriter {
  const stopping = new AbortController();
  const { signal } = stopping;
  const refusedTiers: RefusedTiers = new Map();
  let busy = false;
  let looking: Promise<unknown> = Promise.resolve();
  let running: Promise<void> | undefined;

  async function write(): Promise<void> {
    await readBackUnread();
    while (!signal.aborted) {
      const underWay = await batchesUnderWay(context);
      for (const batch of underWay) await deliverBatch(context, chain, batch, signal);
      if (underWay.length > 0) continue;
      if (!(await isBatchDue(context)) || (await openBatches(context, chain, signal)) === 0) break;
    }
    await syncTiers(context, chain, refusedTiers, signal);
  }

  // Nodes that joined since, or a database that is new to an old chain.
  async function readBackUnread(): Promise<void> {
    const unread = await context.db.select({ id: nodes.id }).from(nodes).where(isUnread).limit(1);
    if (unread.length > 0) await readBack(context, chain);
  }

  async function look(): Promise<void> {
    if (!(await isBatchDue(context)) && !(await isUnfinished(context))) return;
    await context.queue.send(context.db, "reputation", SUBJECT);
  }

  // Rows at rest are found here, so nothing has to be remembered by anybody's clock.
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    looking = look()
      .catch((error: unknown) => context.log.warn({ err: error }, "reputation"))
      .finally(() => {
        busy = false;
      });
  }, LOOK_EVERY_MS);

  return {
    run() {
      running ??= write().finally(() => {
        running = undefined;
      });
      return running;
    },
    async onEvents(events) {
      if (events.some(({ program }) => program === "reputationManager")) await readBack(context, chain);
    },
    async close() {
      clearInterval(timer);
      stopping.abort();
      await Promise.allSettled([looking, running]);
    },
  };
}
