import type { SignedTransaction } from "@cyxwiz/chain";
import { isCyxwizError } from "@cyxwiz/errors";
import type { Instruction } from "@solana/kit";
import { and, desc, eq } from "drizzle-orm";
import { type Context, now } from "../context.ts";
import { chainTransactions } from "../database/schema/index.ts";

/** What a job's transactions are for; each purpose succeeds at most once. */
export type Purpose = "anchor_root" | "complete_payment" | "refund";

type Row = typeof chainTransactions.$inferSelect;

/** What has become of a transaction. `void`: it can never land, so another may be signed. */
export type Outcome = "confirmed" | "pending" | "failed" | "void";

/** The chain refuses a transaction for a reason; paying for ever more refusals helps nobody. */
const MAX_FAILED = 10;

type Needs = Pick<Context, "db" | "chain" | "log" | "nowMs" | "newId" | "randomBytes">;

/**
 * Gets a transaction onto the chain exactly once. Its signed bytes are stored before they are sent; after a crash the
 * same bytes are sent again, and only when the chain rules out that they ever land is another signed. The caller has
 * just read the chain and found that it is still needed.
 */
export async function carryOut(
  context: Needs,
  jobId: string,
  purpose: Purpose,
  build: () => Promise<Instruction[]>,
  signal: AbortSignal,
): Promise<Outcome> {
  const row = (await pending(context, jobId, purpose)) ?? (await signNext(context, jobId, purpose, build));
  if (!row) return "pending";
  const outcome = await deliver(context, row, signal);
  // It had landed before, and yet its effect was not seen: whoever was asked lags behind, so that needs a pause.
  return outcome === "confirmed" && row.status === "CONFIRMED" ? "pending" : outcome;
}

/** The signature with which a purpose was achieved by us, if it was. */
export async function landedSignature(context: Needs, jobId: string, purpose: Purpose): Promise<string | undefined> {
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

async function pending(context: Needs, jobId: string, purpose: Purpose): Promise<Row | undefined> {
  const [newest] = await attempts(context, jobId, purpose);
  return newest?.status === "SIGNED" || newest?.status === "CONFIRMED" ? newest : undefined;
}

// Of two replicas that sign at once one row is kept, and both send that.
async function signNext(
  context: Needs,
  jobId: string,
  purpose: Purpose,
  build: () => Promise<Instruction[]>,
): Promise<Row | undefined> {
  const all = await attempts(context, jobId, purpose);
  const [newest] = all;
  if (all.filter(({ status }) => status === "FAILED").length >= MAX_FAILED) {
    context.log.error(
      { jobId, purpose, error: newest?.error },
      "stuck: refused again and again; an operator is needed",
    );
    return undefined;
  }
  const signed = await context.chain.sign(await build());
  await context.db
    .insert(chainTransactions)
    .values({
      jobId,
      purpose,
      attempt: (newest?.attempt ?? 0) + 1,
      signature: signed.signature,
      bytes: Buffer.from(signed.wireTransaction, "base64"),
      lastValidBlockHeight: signed.lastValidBlockHeight,
      status: "SIGNED",
      createdAt: now(context),
    })
    .onConflictDoNothing();
  return pending(context, jobId, purpose);
}

async function deliver(context: Needs, row: Row, signal: AbortSignal): Promise<Outcome> {
  const { jobId, purpose } = row;
  try {
    const transaction = {
      signature: row.signature as SignedTransaction["signature"],
      wireTransaction: Buffer.from(row.bytes).toString("base64") as SignedTransaction["wireTransaction"],
      lastValidBlockHeight: row.lastValidBlockHeight,
    };
    const outcome = await context.chain.deliver(transaction, signal);
    if (outcome === "confirmed") return await mark(context, row, "CONFIRMED");
    if (outcome === "expired") return await mark(context, row, "EXPIRED");
    return await mark(context, row, "FAILED", outcome.reason);
  } catch (error) {
    if (!isCyxwizError(error, "TIMED_OUT") && !isCyxwizError(error, "UNREACHABLE")) throw error;
    context.log.warn({ err: error, jobId, purpose }, "its fate is open; the same bytes will be sent again");
    return "pending";
  }
}

function attempts(context: Needs, jobId: string, purpose: Purpose): Promise<Row[]> {
  return context.db
    .select()
    .from(chainTransactions)
    .where(and(eq(chainTransactions.jobId, jobId), eq(chainTransactions.purpose, purpose)))
    .orderBy(desc(chainTransactions.attempt));
}

const OUTCOMES = { CONFIRMED: "confirmed", FAILED: "failed", EXPIRED: "void" } as const;

async function mark(context: Needs, row: Row, status: keyof typeof OUTCOMES, error?: string): Promise<Outcome> {
  const { jobId, purpose, signature, attempt } = row;
  context.log[status === "CONFIRMED" ? "info" : "warn"](
    { jobId, purpose, attempt, signature, error },
    status.toLowerCase(),
  );
  await context.db
    .update(chainTransactions)
    .set({ status, error: error ?? null, settledAt: now(context) })
    .where(eq(chainTransactions.id, row.id));
  return OUTCOMES[status];
}
