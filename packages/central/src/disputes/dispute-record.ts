import { type Bisection, replayBisection } from "@cyxwiz/proof";
import { and, asc, eq, inArray, sql } from "drizzle-orm";
import type { Tx } from "../database/connect.ts";
import { disputeMoves, disputes } from "../database/schema/index.ts";
import { bisectionCase } from "./dispute-case.ts";

/** How a dispute stands. */
export type DisputeStage = "BISECTION" | "REPLAY" | "DECIDED";

/** A dispute as it is stored, and what its moves come to. */
export interface DisputeRecord {
  readonly row: typeof disputes.$inferSelect;
  readonly state: Bisection;
}

/** The dispute about a job, if there is one. */
export async function findDispute(tx: Tx, jobId: string): Promise<DisputeRecord | undefined> {
  const [row] = await tx.select().from(disputes).where(eq(disputes.jobId, jobId));
  return row && { row, state: await stateOf(tx, row) };
}

/** The same, which stays so until the transaction ends. */
export async function lockDispute(tx: Tx, jobId: string): Promise<DisputeRecord | undefined> {
  const [row] = await tx.select().from(disputes).where(eq(disputes.jobId, jobId)).for("update");
  return row && { row, state: await stateOf(tx, row) };
}

async function stateOf(tx: Tx, row: DisputeRecord["row"]): Promise<Bisection> {
  const moves = await tx
    .select()
    .from(disputeMoves)
    .where(eq(disputeMoves.jobId, row.jobId))
    .orderBy(asc(disputeMoves.place));
  return replayBisection(bisectionCase(row.jobId, row.about), { startedSeconds: row.startedSeconds, moves });
}

/** The jobs whose dispute waits for a party. */
export async function disputesWaitingFor(tx: Tx, party: "challenger" | "node", wallet: string): Promise<string[]> {
  const isOpen = inArray(disputes.stage, ["BISECTION", "REPLAY"] satisfies DisputeStage[]);
  const isOurs = and(isOpen, eq(disputes.waitsFor, party), sql`${disputes.about} ->> ${party} = ${wallet}`);
  const open = await tx.select({ jobId: disputes.jobId }).from(disputes).where(isOurs);
  return open.map(({ jobId }) => jobId);
}
