import { and, asc, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "../context.ts";
import { blockchainEvents, type Job } from "../database/schema/index.ts";

/** A root of a job as the program logged it. */
export interface AnchoredRootEvent {
  /** Hex. */
  readonly root: string;
  readonly leafCount: number;
  readonly isFinal: boolean;
  readonly signature: string;
}

const payload = z.object({ root: z.string(), leafCount: z.int(), isFinal: z.int() });

/** The roots that were put on chain for a job, whoever sent them, in the order in which they came. */
export async function anchoredRoots(context: Pick<Context, "db">, job: Job): Promise<AnchoredRootEvent[]> {
  if (job.escrowAddress === null || job.escrowNonce === null) return [];
  const { payload: fields } = blockchainEvents;
  const rows = await context.db
    .select()
    .from(blockchainEvents)
    .where(
      and(
        eq(blockchainEvents.jobId, job.id),
        eq(blockchainEvents.program, "jobEscrow"),
        eq(blockchainEvents.eventType, "RootAnchored"),
        // Anybody can name any job in an escrow of their own.
        sql`${fields} ->> 'escrow' = ${job.escrowAddress}`,
        sql`${fields} ->> 'nonce' = ${job.escrowNonce.toString()}`,
      ),
    )
    .orderBy(asc(blockchainEvents.slot), asc(blockchainEvents.eventIndex));
  return rows.map((row) => {
    const { root, leafCount, isFinal } = payload.parse(row.payload);
    return { root, leafCount, isFinal: isFinal !== 0, signature: row.txSignature };
  });
}
