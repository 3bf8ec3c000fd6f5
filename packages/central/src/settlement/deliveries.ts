import type { SignedTransaction } from "@cyxwiz/chain";
import { isCyxwizError } from "@cyxwiz/errors";
import { and, eq } from "drizzle-orm";
import { type Context, now } from "../context.ts";
import { chainTransactions } from "../database/schema/index.ts";

type Row = typeof chainTransactions.$inferSelect;
type Needs = Pick<Context, "db" | "chain" | "log" | "nowMs" | "newId" | "randomBytes">;

/**
 * What has become of a transaction. `void`: it can never land, so another may be signed. `stuck`: the chain refuses it
 * again and again.
 */
export type Outcome = "confirmed" | "pending" | "failed" | "void" | "stuck";

/** Sends stored transactions; the jobs of one transaction share its sending. */
export interface Deliveries {
  /** Sends a row's bytes until their fate is certain, or for as long as it is worth waiting. */
  deliver(row: Row, signal: AbortSignal): Promise<Outcome>;
}

/** Makes the deliveries of this process. */
export function createDeliveries(context: Needs): Deliveries {
  const underWay = new Map<string, Promise<Outcome>>();
  return {
    deliver(row, signal) {
      const current = underWay.get(row.signature);
      if (current) return current;
      const delivery = send(context, row, signal).finally(() => underWay.delete(row.signature));
      underWay.set(row.signature, delivery);
      return delivery;
    },
  };
}

async function send(context: Needs, row: Row, signal: AbortSignal): Promise<Outcome> {
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
    const { jobId, purpose } = row;
    context.log.warn({ err: error, jobId, purpose }, "its fate is open; the same bytes will be sent again");
    return "pending";
  }
}

const OUTCOMES = { CONFIRMED: "confirmed", FAILED: "failed", EXPIRED: "void" } as const;

/** Writes down what became of a transaction, for all of its jobs. */
export async function mark(context: Needs, row: Row, status: keyof typeof OUTCOMES, error?: string): Promise<Outcome> {
  const { signature, purpose, attempt } = row;
  const marked = await context.db
    .update(chainTransactions)
    .set({ status, error: error ?? null, settledAt: now(context) })
    .where(and(eq(chainTransactions.signature, signature), eq(chainTransactions.status, "SIGNED")))
    .returning({ jobId: chainTransactions.jobId });
  const jobs = marked.map(({ jobId }) => jobId);
  context.log[status === "CONFIRMED" ? "info" : "warn"](
    { jobs, purpose, attempt, signature, error },
    status.toLowerCase(),
  );
  return OUTCOMES[status];
}
