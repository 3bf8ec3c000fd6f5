import { isSignedBy } from "@cyxwiz/chain";
import { CyxwizError } from "@cyxwiz/errors";
import { type Bisection, type Party, playMove, type SignedMove } from "@cyxwiz/proof";
import { eq } from "drizzle-orm";
import { type Context, nowSeconds } from "../context.ts";
import type { Tx } from "../database/connect.ts";
import { disputeMoves, disputes } from "../database/schema/index.ts";
import { findJob } from "../jobs/find-job.ts";
import { beginDispute } from "./begin-dispute.ts";
import { decide } from "./decide.ts";
import { type DisputeRecord, findDispute, lockDispute } from "./dispute-record.ts";

/**
 * Takes a move of a job's payer or node, each of whom is named by its wallet. The payer's first begins the dispute, if the
 * escrow is disputed on chain. Of a dispute that is past its bisection nothing changes.
 *
 * @throws CyxwizError JOB_NOT_FOUND, NOT_YOURS, NOT_POSSIBLE_NOW (not disputed on chain)
 */
export async function makeMove(context: Context, jobId: string, wallet: string, move: SignedMove): Promise<void> {
  const job = await findJob(context.db, jobId);
  if ((await findDispute(context.db, jobId)) === undefined && wallet === job.payerWallet) {
    await beginDispute(context, job);
  }
  await context.db.transaction(async (tx) => {
    const record = await lockDispute(tx, jobId);
    const by = record && partyOf(record, wallet);
    if (!record || !by) throw new CyxwizError("NOT_YOURS", { what: `A dispute about job ${jobId}` });
    if (record.row.stage !== "BISECTION") return;
    const { about } = record.row;
    const at = { by, move, nowSeconds: BigInt(nowSeconds(context)) };
    const next = await playMove(record.state, at, (party, bytes, signature) =>
      isSignedBy(about[party], bytes, signature),
    );
    await store(context, tx, record, next);
  });
}

/** Writes down what has become of a bisection, and has what follows done. */
export async function store(context: Context, tx: Tx, { row, state }: DisputeRecord, next: Bisection): Promise<void> {
  if (next === state) return;
  const { jobId } = row;
  const added = next.moves.slice(state.moves.length);
  if (added.length > 0) {
    const rows = added.map((each, index) => ({ jobId, place: state.moves.length + index, ...each }));
    await tx.insert(disputeMoves).values(rows);
  }
  const { turn, outcome } = next;
  if (turn) {
    const dueAt = new Date(Number(turn.dueSeconds) * 1_000);
    await tx.update(disputes).set({ waitsFor: turn.by, dueAt }).where(eq(disputes.jobId, jobId));
    await context.queue.send(tx, "dispute", jobId, row.about.moveSeconds + 1);
    return;
  }
  if (outcome?.kind === "lost") return decide(context, tx, { row, state: next }, { ...outcome, epoch: 0 });
  // From here on the node shows the state that both have agreed on.
  const dueAt = new Date(context.nowMs() + row.about.moveSeconds * 1_000);
  await tx.update(disputes).set({ stage: "REPLAY", waitsFor: "node", dueAt }).where(eq(disputes.jobId, jobId));
  await context.queue.send(tx, "dispute", jobId);
}

function partyOf({ row }: DisputeRecord, wallet: string): Party | undefined {
  if (wallet === row.about.challenger) return "challenger";
  return wallet === row.about.node ? "node" : undefined;
}
