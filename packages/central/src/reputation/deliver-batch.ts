import type { SignedTransaction } from "@cyxwiz/chain";
import type { Page } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { equalBytes } from "@cyxwiz/proof";
import { and, eq, type SQL } from "drizzle-orm";
import { type Context, now } from "../context.ts";
import type { Tx } from "../database/connect.ts";
import { reputationBatches as batches, reputationUpdateQueue as queue } from "../database/schema/index.ts";
import { copyPage } from "./read-back.ts";
import type { ReputationChain } from "./reputation-chain.ts";
import { MAX_REFUSALS } from "./waiting.ts";

type Needs = Pick<Context, "db" | "log" | "nowMs" | "newId" | "randomBytes">;
type Batch = typeof batches.$inferSelect;

/**
 * Sends a stored batch, the same bytes however often, until it has landed; then copies back what became of it.
 *
 * Bytes that can't land any more are signed anew with the same outcomes for the same place in the page's sequence,
 * so at most one of all attempts has an effect.
 *
 * @throws CyxwizError TIMED_OUT, UNREACHABLE: its fate is open, call again
 */
export async function deliverBatch(
  context: Needs,
  chain: ReputationChain,
  batch: Batch,
  signal: AbortSignal,
): Promise<void> {
  const outcome = await chain.deliver(signedOf(batch), signal);
  const page = await chain.page(batch.page);
  if (outcome === "confirmed") {
    // Whoever was asked may be behind the one that confirmed it.
    if (!page || page.sequence < batch.sequence) throw notYet(batch);
    return confirm(context, batch, page);
  }
  if (page && page.sequence >= batch.sequence) return clearUp(context, chain, batch, page);
  const refusal = outcome === "expired" ? undefined : outcome.reason;
  await signAnew(context, chain, batch, refusal);
  // The next call sends it; after a refusal not at once.
  if (refusal !== undefined) throw notYet(batch);
}

// Its place is taken. By us, if a provider did not know any more that an attempt had landed: then it must not count again.
async function clearUp(context: Needs, chain: ReputationChain, batch: Batch, page: Page): Promise<void> {
  const written = await chain.written(batch.page, batch.sequence);
  if (written === undefined) throw notYet(batch);
  const { signature, outcomes } = written;
  if (equalBytes(outcomes, batch.outcomes)) return confirm(context, { ...batch, signature }, page);
  return release(context, batch);
}

async function confirm(context: Needs, batch: Batch, page: Page): Promise<void> {
  await context.db.transaction(async (tx) => {
    if (!(await settle(context, tx, batch, "CONFIRMED"))) return;
    const done = { processed: true, onChainTxSignature: batch.signature };
    await tx.update(queue).set(done).where(eq(queue.batchId, batch.id));
    await copyPage(context, tx, page);
  });
  context.log.info({ page: batch.page, sequence: batch.sequence.toString() }, "reputation batch written");
}

async function release(context: Needs, batch: Batch): Promise<void> {
  await context.db.transaction(async (tx) => {
    // Another replica may have signed it anew since: then it is that attempt which has the place.
    const isNewest = eq(batches.attempt, batch.attempt);
    if (!(await settle(context, tx, batch, "REPLACED", isNewest))) return;
    await tx.update(queue).set({ batchId: null }).where(eq(queue.batchId, batch.id));
    context.log.error({ batch: batch.id }, "somebody else writes reputations with the coordinator's key");
  });
}

// Of several at once only one finds the batch as it was.
async function settle(
  context: Needs,
  tx: Tx,
  batch: Batch,
  status: "CONFIRMED" | "REPLACED",
  onlyIf?: SQL,
): Promise<boolean> {
  const settled = await tx
    .update(batches)
    .set({ status, signature: batch.signature, settledAt: now(context) })
    .where(and(eq(batches.id, batch.id), eq(batches.status, "SIGNED"), onlyIf))
    .returning({ id: batches.id });
  return settled.length > 0;
}

async function signAnew(
  context: Needs,
  chain: ReputationChain,
  batch: Batch,
  refusal: string | undefined,
): Promise<void> {
  const signed = await chain.sign([await chain.recordOutcomes(batch.page, batch.sequence, batch.outcomes)]);
  const refusals = batch.refusals + (refusal === undefined ? 0 : 1);
  const level = refusals >= MAX_REFUSALS ? "error" : "warn";
  context.log[level]({ batch: batch.id, refusal, refusals }, "a reputation batch did not land");
  await context.db
    .update(batches)
    .set({
      attempt: batch.attempt + 1,
      signature: signed.signature,
      bytes: Buffer.from(signed.wireTransaction, "base64"),
      lastValidBlockHeight: signed.lastValidBlockHeight,
      refusals,
      error: refusal ?? batch.error,
    })
    .where(and(eq(batches.id, batch.id), eq(batches.attempt, batch.attempt), eq(batches.status, "SIGNED")));
}

function signedOf({ signature, bytes, lastValidBlockHeight }: Batch): SignedTransaction {
  return {
    signature: signature as SignedTransaction["signature"],
    wireTransaction: Buffer.from(bytes).toString("base64") as SignedTransaction["wireTransaction"],
    lastValidBlockHeight,
  };
}

function notYet({ page, sequence }: Batch): CyxwizError {
  return new CyxwizError("TIMED_OUT", { what: `Batch ${sequence} of page ${page} of reputations`, timeoutMs: 0 });
}
