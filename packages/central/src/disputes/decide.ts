import { type DisputeReason, encodeDisputeVerdict, type Party, toHex } from "@cyxwiz/proof";
import { eq } from "drizzle-orm";
import { type Context, now } from "../context.ts";
import type { Tx } from "../database/connect.ts";
import { disputes } from "../database/schema/index.ts";
import type { DisputeRecord } from "./dispute-record.ts";

/** Who has lost, why, and where the two part. */
export interface Decision {
  readonly loser: Party;
  readonly reason: DisputeReason;
  readonly epoch: number;
}

/** What is signed of a decision. */
export function verdictBytes({ state }: Pick<DisputeRecord, "state">, decision: Decision): Uint8Array {
  const { genesis, escrow } = state.about;
  return encodeDisputeVerdict({ jobId: genesis.jobId, escrow, ...decision, transcript: state.transcript });
}

/** Signs the verdict, makes it public, and has the settlement carry it out. */
export async function decide(context: Context, tx: Tx, record: DisputeRecord, decision: Decision): Promise<void> {
  const { jobId } = record.row;
  const { loser, reason, epoch } = decision;
  const verdictSignature = await context.chain.signBytes(verdictBytes(record, decision));
  const outcome = { loser, reason, epoch, transcript: toHex(record.state.transcript), verdictSignature };
  await tx
    .update(disputes)
    .set({ ...outcome, stage: "DECIDED", waitsFor: null, dueAt: null, decidedAt: now(context) })
    .where(eq(disputes.jobId, jobId));
  await context.queue.send(tx, "settle", jobId);
  context.log.info({ jobId, loser, reason, epoch }, "a dispute is decided");
}
