import { and, inArray, isNull } from "drizzle-orm";
import { type Context, now } from "../context.ts";
import { reputationUpdateQueue as queue, reputationBatches } from "../database/schema/index.ts";
import { findPlaces } from "./find-places.ts";
import type { ReputationChain } from "./reputation-chain.ts";
import { type WaitingOutcome, waitingOutcomes } from "./waiting.ts";

type Needs = Pick<Context, "db" | "config" | "log" | "nowMs" | "newId" | "randomBytes">;
type Placed = WaitingOutcome & { readonly page: number; readonly entry: number };

/**
 * Makes batches of the oldest waiting outcomes, one for each page, and stores them signed. Nothing is sent.
 *
 * @returns how many batches it made; none when every page concerned has one under way
 */
export async function openBatches(context: Needs, chain: ReputationChain, signal: AbortSignal): Promise<number> {
  const size = context.config.reputationBatchSize;
  const homeless = (await waitingOutcomes(context, size)).filter(({ page }) => page === null);
  const wallets = homeless.map(({ wallet }) => wallet);
  if (wallets.length > 0) await findPlaces(context, chain, wallets, signal);
  const waiting = (await waitingOutcomes(context, size)).filter(isPlaced);
  let made = 0;
  for (const [page, outcomes] of Map.groupBy(waiting, (outcome) => outcome.page)) {
    if (await openBatch(context, chain, page, outcomes)) made += 1;
  }
  return made;
}

async function openBatch(
  context: Needs,
  chain: ReputationChain,
  index: number,
  outcomes: readonly Placed[],
): Promise<boolean> {
  const page = await chain.page(index);
  if (!page) return false;
  const sequence = page.sequence + 1n;
  const bytes = encodeOutcomes(outcomes);
  const signed = await chain.sign([await chain.recordOutcomes(index, sequence, bytes)]);
  const ids = outcomes.map(({ id }) => id);
  return context.db.transaction(async (tx) => {
    // Taken by whoever is first; another replica waits here, and then finds nothing left.
    const free = and(inArray(queue.id, ids), isNull(queue.batchId));
    const held = await tx.select({ id: queue.id }).from(queue).where(free).for("update");
    if (held.length !== ids.length) return false;
    // Nobody's row stands in the way unless one is under way, or the page was read before the last one landed.
    const [batch] = await tx
      .insert(reputationBatches)
      .values({
        page: index,
        sequence,
        outcomes: bytes,
        attempt: 1,
        signature: signed.signature,
        bytes: Buffer.from(signed.wireTransaction, "base64"),
        lastValidBlockHeight: signed.lastValidBlockHeight,
        status: "SIGNED",
        createdAt: now(context),
      })
      .onConflictDoNothing()
      .returning({ id: reputationBatches.id });
    if (!batch) return false;
    await tx.update(queue).set({ batchId: batch.id }).where(inArray(queue.id, ids));
    context.log.info({ page: index, sequence: sequence.toString(), outcomes: ids.length }, "reputation batch signed");
    return true;
  });
}

/** Outcomes as `record_outcomes` takes them: entry u8, kind u8, value u16. */
export function encodeOutcomes(outcomes: readonly Pick<Placed, "entry" | "kind" | "value">[]): Uint8Array {
  const bytes = new Uint8Array(4 * outcomes.length);
  const view = new DataView(bytes.buffer);
  for (const [index, { entry, kind, value }] of outcomes.entries()) {
    view.setUint8(4 * index, entry);
    view.setUint8(4 * index + 1, kind);
    view.setUint16(4 * index + 2, value, true);
  }
  return bytes;
}

function isPlaced(outcome: WaitingOutcome): outcome is Placed {
  return outcome.page !== null && outcome.entry !== null;
}
