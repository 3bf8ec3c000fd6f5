import { isSignedBy } from "@cyxwiz/chain";
import { AUDIT_OUTCOMES } from "@cyxwiz/proof";
import { type Audit, AuditState, type GetCommitmentsResponse } from "@cyxwiz/protocol";
import type { Blockhash, GetBlockApi, GetBlocksWithLimitApi, Rpc } from "@solana/kit";
import { lotsOf, outcomeOf, verdictBytes } from "./audit-terms.ts";
import { chooseEpochs } from "./choose-epochs.ts";

/** What Central says of a job's audit, as far as anybody can check it. */
export interface AuditSummary {
  readonly state: "not drawn" | "open" | "passed" | "failed";
  readonly reasons: readonly string[];
  readonly epochs: readonly number[];
  /** The wallet whose verdict counts; empty without one. */
  readonly judge: string;
}

const STATES: Readonly<Partial<Record<AuditState, AuditSummary["state"]>>> = {
  [AuditState.AUDIT_NOT_DRAWN]: "not drawn",
  [AuditState.AUDIT_OPEN]: "open",
  [AuditState.AUDIT_PASSED]: "passed",
  [AuditState.AUDIT_FAILED]: "failed",
};

/**
 * Draws a job's audit again: from the block that the chain has after the commitment, whose lots give whether and which
 * epochs; and checks whose word each verdict is.
 *
 * @returns what was found, and what does not fit; nothing where there is no audit yet.
 */
export async function verifyAudit(
  rpc: Rpc<GetBlockApi & GetBlocksWithLimitApi>,
  { jobId, audit, epochsReported }: GetCommitmentsResponse,
  signal: AbortSignal,
): Promise<{ readonly audit: AuditSummary; readonly problems: readonly string[] } | undefined> {
  const state = audit && STATES[audit.state];
  if (!state) return undefined;
  const { reasons, epochs, verdicts } = audit;
  const judge = verdicts.at(-1)?.wallet ?? "";
  const problems = [
    ...drawProblems(jobId, audit, epochsReported),
    ...(await blockProblems(rpc, audit, signal)),
    ...(await verdictProblems(jobId, audit)),
  ];
  return { audit: { state, reasons, epochs, judge }, problems };
}

function drawProblems(jobId: string, audit: Audit, epochs: number): string[] {
  const { root, blockHash, lot, rateBps, reasons } = audit;
  const lots = lotsOf({ jobId, root, blockHash });
  const drawn = lots(10_000);
  if (drawn !== lot) return [`the audit: Central says that the lot was ${lot}, the block gives ${drawn}`];
  const isAudited = audit.state !== AuditState.AUDIT_NOT_DRAWN;
  if (isAudited !== (lot < rateBps || reasons.length > 0)) {
    return [`the audit: with the lot ${lot} of ${rateBps} it should ${isAudited ? "not " : ""}have been`];
  }
  if (!isAudited) return [];
  // How many are drawn is Central's to say; that these are the first of the lots is not.
  const most = chooseEpochs({ kind: "random", count: audit.epochs.length }, epochs, lots);
  const isForced = reasons.includes("early end");
  const missing = isForced ? [] : audit.epochs.filter((epoch) => !most.includes(epoch));
  return missing.map((epoch) => `the audit: no lot fell on epoch ${epoch}`);
}

async function blockProblems(
  rpc: Rpc<GetBlockApi & GetBlocksWithLimitApi>,
  { committedSlot, blockSlot, blockHash }: Audit,
  signal: AbortSignal,
): Promise<string[]> {
  const at = { commitment: "confirmed" } as const;
  const options = { ...at, transactionDetails: "none", rewards: false, maxSupportedTransactionVersion: 0 } as const;
  const send = { abortSignal: signal };
  try {
    const [next] = await rpc.getBlocksWithLimit(committedSlot + 1n, 1, at).send(send);
    if (next === undefined) return [];
    if (next !== blockSlot) return [`the audit: its block should be ${next}, Central says ${blockSlot}`];
    const block = await rpc.getBlock(next, options).send(send);
    if (block === null || block.blockhash === (blockHash as Blockhash)) return [];
    return [`the audit: block ${next} has the hash ${block.blockhash}, Central says ${blockHash}`];
  } catch (error) {
    // Not every provider keeps old blocks.
    if (signal.aborted) throw error;
    return [];
  }
}

async function verdictProblems(jobId: string, { root, epochs, verdicts, state }: Audit): Promise<string[]> {
  const problems: string[] = [];
  for (const { wallet, outcome, firstFalse, signature } of verdicts) {
    const said = { outcome: outcomeOf(outcome) ?? "HOLDS", firstFalse };
    if (await isSignedBy(wallet, verdictBytes({ jobId, root, epochs }, said), signature)) continue;
    problems.push(`the audit: ${wallet} has not signed the verdict that Central shows`);
  }
  const holds = verdicts.at(-1)?.outcome === (AUDIT_OUTCOMES.HOLDS as number);
  const isDecided = state === AuditState.AUDIT_PASSED || state === AuditState.AUDIT_FAILED;
  if (isDecided && (state === AuditState.AUDIT_PASSED) !== holds) {
    problems.push("the audit: the last verdict says otherwise than Central");
  }
  return problems;
}
