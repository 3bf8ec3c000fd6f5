import { type Escrow, EscrowDecision } from "@cyxwiz/contracts";
import { isCyxwizError } from "@cyxwiz/errors";
import type { Context } from "../context.ts";
import type { Job } from "../database/schema/index.ts";
import { isArbiterHere } from "../platform/is-arbiter-here.ts";
import { beginDispute } from "./begin-dispute.ts";
import { findDispute } from "./dispute-record.ts";

const isEmpty = (bytes: Escrow["payerEvidence"]) => bytes.every((byte) => byte === 0);

/**
 * Begins the dispute about a job whose proof is disputed on chain, whoever has disputed it: its payer says in time which epoch
 * is wrong, or has lost. Before a proof is on chain the payer has to begin by itself, because the node could otherwise dispute
 * what it has not finished, and be paid for it.
 */
export async function noteDispute(context: Omit<Context, "settler">, job: Job, escrow: Escrow): Promise<void> {
  if (isEmpty(escrow.resultHash) || (await findDispute(context.db, job.id))) return;
  await beginDispute(context, job).catch((error: unknown) => {
    if (!isCyxwizError(error, "NOT_POSSIBLE_NOW")) throw error;
    context.log.info({ jobId: job.id, reason: error.message }, "this dispute is left to the arbiter");
  });
}

/** What to decide on chain now: what the referee has found, where the arbiter's key is here and the time has come. */
export async function carriedOutNow(
  { db, chain }: Pick<Context, "db" | "chain">,
  job: Job,
  escrow: Escrow,
): Promise<EscrowDecision | undefined> {
  if (!(await isArbiterHere(chain))) return undefined;
  const loser = (await findDispute(db, job.id))?.row.loser;
  if (loser === null || loser === undefined) return undefined;
  const isComplete = !isEmpty(escrow.payerEvidence) && !isEmpty(escrow.nodeEvidence);
  if (!isComplete && (await chain.time()) < escrow.evidenceUntil) return undefined;
  return loser === "node" ? EscrowDecision.ForPayer : EscrowDecision.ForNode;
}
