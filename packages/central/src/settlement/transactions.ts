import type { Instruction } from "@solana/kit";
import { and, desc, eq } from "drizzle-orm";
import { chainTransactions } from "../database/schema/index.ts";
import { mark, type Outcome } from "./deliveries.ts";
import type { Purpose } from "./purpose.ts";
import type { SettlementContext } from "./settlement-context.ts";

type Row = typeof chainTransactions.$inferSelect;

/** The chain refuses a transaction for a reason; paying for ever more refusals helps nobody. */
const MAX_FAILED = 10;

/** Makes a transaction's instructions; later attempts may leave out what the first only took along. */
export type Build = (attempt: number) => Promise<Instruction[]>;

/**
 * Gets a transaction onto the chain exactly once. Its signed bytes are stored before they are sent; after a crash the
 * same bytes are sent again, and only when the chain rules out that they ever land is another signed. The caller has
 * just read the chain and found that it is still needed.
 */
export async function carryOut(
  context: SettlementContext,
  jobId: string,
  purpose: Purpose,
  build: Build,
  signal: AbortSignal,
): Promise<Outcome> {
  const row = (await pending(context, jobId, purpose)) ?? (await signNext(context, jobId, purpose, build));
  if (row === "stuck") return row;
  if (row === undefined) return "pending";
  const outcome = await context.deliveries.deliver(row, signal);
  // It had landed before, and yet its effect was not seen: whoever was asked lags behind, so that needs a pause.
  if (outcome === "confirmed" && row.status === "CONFIRMED") return "pending";
  // A first attempt may have failed for what went along with it; the next goes alone, and at once.
  return outcome === "failed" && row.attempt === 1 ? "void" : outcome;
}

/** The signature with which a purpose was achieved by us, if it was. */
export async function landedSignature(
  context: SettlementContext,
  jobId: string,
  purpose: Purpose,
): Promise<string | undefined> {
  for (const row of await attempts(context, jobId, purpose)) {
    if (row.status === "CONFIRMED") return row.signature;
    if (row.status !== "SIGNED") continue;
    const { kind } = await context.chain.transactionState(row.signature);
    if (kind !== "confirmed") continue;
    await mark(context, row, "CONFIRMED");
    return row.signature;
  }
  return undefined;
}

/**
 * Writes down what became of a job's transactions whose end nobody has seen: after a crash the chain may show their
 * effect, and then nothing asks for them any more.
 */
export async function closeOpen(context: SettlementContext, jobId: string): Promise<void> {
  const open = await context.db
    .select()
    .from(chainTransactions)
    .where(and(eq(chainTransactions.jobId, jobId), eq(chainTransactions.status, "SIGNED")));
  for (const row of open) {
    const state = await context.chain.transactionState(row.signature);
    if (state.kind === "confirmed") await mark(context, row, "CONFIRMED");
    if (state.kind === "failed") await mark(context, row, "FAILED", state.reason);
  }
}

async function pending(context: SettlementContext, jobId: string, purpose: Purpose): Promise<Row | undefined> {
  const [newest] = await attempts(context, jobId, purpose);
  return newest?.status === "SIGNED" || newest?.status === "CONFIRMED" ? newest : undefined;
}

// Of two replicas that sign at once one row is kept, and both send that.
async function signNext(
  context: SettlementContext,
  jobId: string,
  purpose: Purpose,
  build: Build,
): Promise<Row | "stuck" | undefined> {
  const all = await attempts(context, jobId, purpose);
  const [newest] = all;
  if (all.filter(({ status }) => status === "FAILED").length >= MAX_FAILED) {
    context.log.error(
      { jobId, purpose, error: newest?.error },
      "stuck: refused again and again; an operator is needed",
    );
    return "stuck";
  }
  const attempt = (newest?.attempt ?? 0) + 1;
  await context.batcher.sign({ jobId, purpose, attempt, instructions: await build(attempt) });
  return pending(context, jobId, purpose);
}

function attempts(context: SettlementContext, jobId: string, purpose: Purpose): Promise<Row[]> {
  return context.db
    .select()
    .from(chainTransactions)
    .where(and(eq(chainTransactions.jobId, jobId), eq(chainTransactions.purpose, purpose)))
    .orderBy(desc(chainTransactions.attempt));
}
