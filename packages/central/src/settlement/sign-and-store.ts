import type { Instruction } from "@solana/kit";
import { type Context, now } from "../context.ts";
import { chainTransactions } from "../database/schema/index.ts";
import type { Purpose } from "./purpose.ts";

/** A transaction that one job needs. */
export interface SignRequest {
  readonly jobId: string;
  readonly purpose: Purpose;
  readonly attempt: number;
  readonly instructions: readonly Instruction[];
}

/** What it takes to sign and to write down. */
export type SignContext = Pick<Context, "db" | "chain" | "nowMs" | "newId" | "randomBytes">;

/**
 * Signs one transaction for all requests and stores its bytes, a row each, before anybody can send it. What another
 * replica has a row for already is left out: that row's bytes are the ones to send.
 */
export async function signAndStore(context: SignContext, requests: readonly SignRequest[]): Promise<void> {
  let open = requests;
  while (open.length > 0) {
    const stored = await tryStore(context, open);
    if (stored.size === open.length) return;
    // Another replica was faster with the others; without them these are another transaction.
    open = open.filter(({ jobId }) => stored.has(jobId));
  }
}

// All rows or none. Gives the jobs whose rows are, or could be, stored.
async function tryStore(context: SignContext, requests: readonly SignRequest[]): Promise<ReadonlySet<string>> {
  const signed = await context.chain.sign(requests.flatMap(({ instructions }) => instructions));
  const common = {
    signature: signed.signature as string,
    bytes: Buffer.from(signed.wireTransaction, "base64"),
    lastValidBlockHeight: signed.lastValidBlockHeight,
    status: "SIGNED",
    createdAt: now(context),
  };
  const rows = requests.map(({ jobId, purpose, attempt }) => ({ ...common, jobId, purpose, attempt }));
  let stored: ReadonlySet<string> = new Set();
  const undo = new Error("some rows are another replica's");
  try {
    await context.db.transaction(async (tx) => {
      const inserted = await tx.insert(chainTransactions).values(rows).onConflictDoNothing().returning();
      stored = new Set(inserted.map(({ jobId }) => jobId));
      if (stored.size < rows.length) throw undo;
    });
  } catch (error) {
    if (error !== undo) throw error;
  }
  return stored;
}
