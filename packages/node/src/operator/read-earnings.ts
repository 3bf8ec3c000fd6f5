import { completionShares, EscrowOutcome, jobIdFromBytes, type NodeSlashedEvent, SlashReason } from "@cyxwiz/contracts";
import type { Address } from "@solana/kit";
import { enumName } from "./enum-name.ts";
import type { OperatorQuery } from "./operator-context.ts";
import { type AuditPay, readAuditPay } from "./read-audit-pay.ts";
import { readNode } from "./read-node.ts";
import { type HistoryEntry, TransactionHistory } from "./transaction-history.ts";

/** What one job that the node started brought. Amounts in base units, moments in Unix seconds. */
export interface JobEarning {
  readonly jobId: string;
  readonly escrow: Address;
  readonly nonce: bigint;
  readonly outcome: keyof typeof EscrowOutcome;
  /** What was in escrow. */
  readonly amount: bigint;
  /** What the node earned. */
  readonly toNode: bigint;
  /** What of an appeal's deposit came back to the node, which is no earning. */
  readonly depositBack: bigint;
  readonly toPlatform: bigint;
  readonly toPayer: bigint;
  readonly at: bigint;
  readonly signature: string;
}

/** Stake that was taken. */
export interface SlashOnChain {
  readonly reason: keyof typeof SlashReason;
  readonly amount: bigint;
  readonly toPayer: bigint;
  readonly toInsurance: bigint;
  readonly burned: bigint;
  /** Hash of what the arbiter named as the reason, or of the proof; hex. */
  readonly evidence: string;
  readonly escrow: Address;
  readonly nonce: bigint;
  readonly at: bigint;
  readonly signature: string;
}

/** Rewards for stake that were paid. */
export interface RewardOnChain {
  readonly amount: bigint;
  readonly at: bigint;
  readonly signature: string;
}

/** What a node has earned and lost, newest first. */
export interface Earnings {
  /** The jobs that the node started and that are settled. */
  readonly jobs: readonly JobEarning[];
  readonly slashes: readonly SlashOnChain[];
  readonly rewards: readonly RewardOnChain[];
  readonly audits: readonly AuditPay[];
  readonly totals: {
    /** By jobs. */
    readonly earned: bigint;
    readonly audits: bigint;
    readonly rewards: bigint;
    readonly slashed: bigint;
    /** Jobs that were paid, wholly or in part. */
    readonly paidJobs: number;
    readonly jobs: number;
  };
  /** Whether there may be older transactions than were looked at. */
  readonly truncated: boolean;
}

/** How many of the node's latest transactions are looked at unless told otherwise. */
export const DEFAULT_HISTORY = 1_000;

/**
 * Reads from the chain alone what came in for each job, what was slashed, and which rewards and audits were paid.
 *
 * @throws CyxwizError NODE_NOT_ON_CHAIN, UNREACHABLE
 * @example
 * const { jobs, totals } = await readEarnings({ chain, wallet });
 */
export async function readEarnings(query: OperatorQuery & { readonly limit?: number }): Promise<Earnings> {
  const { wallet, limit = DEFAULT_HISTORY } = query;
  const { address } = await readNode(query, wallet);
  const history = new TransactionHistory(query);
  const own = await history.of(address, limit);
  // A start names the node's account, a settlement need not: that is found by the escrow.
  const started = new Set<string>();
  const escrows = new Set<Address>();
  for (const { events } of own) {
    for (const { name, data } of events) {
      if (name !== "EscrowStarted") continue;
      started.add(jobKey(data.escrow, data.nonce));
      escrows.add(data.escrow);
    }
  }
  const jobs = new Map<string, JobEarning>();
  for (const escrow of escrows) {
    const transactions = await history.of(escrow, limit);
    const fees = new Map(transactions.flatMap(feesIn));
    for (const job of transactions.flatMap((transaction) => settlementsIn(transaction, fees))) {
      const key = jobKey(job.escrow, job.nonce);
      if (started.has(key)) jobs.set(key, job);
    }
  }
  const settled = [...jobs.values()].sort((a, b) => Number(b.at - a.at));
  const slashes = own.flatMap((transaction) => slashesIn(transaction, address));
  const rewards = own.flatMap((transaction) => rewardsIn(transaction, address));
  const audits = await readAuditPay(query, history, limit);
  return {
    jobs: settled,
    slashes,
    rewards,
    audits,
    totals: {
      earned: sum(settled, ({ toNode }) => toNode),
      audits: sum(audits, ({ amount }) => amount),
      rewards: sum(rewards, ({ amount }) => amount),
      slashed: sum(slashes, ({ amount }) => amount),
      paidJobs: settled.filter(({ toNode }) => toNode > 0n).length,
      jobs: settled.length,
    },
    truncated: own.length >= limit,
  };
}

function feesIn({ events }: HistoryEntry): [job: string, feeBps: number][] {
  return events.flatMap(({ name, data }) =>
    name === "EscrowCreated" ? [[jobKey(data.escrow, data.nonce), data.feeBps]] : [],
  );
}

const jobKey = (escrow: Address, nonce: bigint) => `${escrow}/${nonce}`;

function settlementsIn({ events, at, signature }: HistoryEntry, feeBps: ReadonlyMap<string, number>): JobEarning[] {
  return events.flatMap((event) => {
    if (event.name !== "EscrowSettled") return [];
    const { escrow, nonce, jobId, toNode, toPayer, toTreasury, deposit } = event.data;
    const outcome = enumName(EscrowOutcome, event.data.outcome);
    const amount = toNode + toPayer + toTreasury - deposit;
    const share = completionShares(amount, feeBps.get(jobKey(escrow, nonce)) ?? 0).node;
    const earned = outcome === "ResolvedForPayer" ? 0n : toNode < share || deposit === 0n ? toNode : share;
    const place = { jobId: jobIdFromBytes(jobId), escrow, nonce, at, signature };
    return { ...place, outcome, amount, toNode: earned, depositBack: toNode - earned, toPlatform: toTreasury, toPayer };
  });
}

function slashesIn({ events, at, signature }: HistoryEntry, node: Address): SlashOnChain[] {
  return events.flatMap((event) => {
    if (event.name !== "NodeSlashed" || event.data.node !== node) return [];
    const { reason, amount, toPayer, toInsurance, burned, escrow, nonce, evidence } = event.data as NodeSlashedEvent;
    const hex = Buffer.from(evidence as Uint8Array).toString("hex");
    const named = enumName(SlashReason, reason);
    return { reason: named, amount, toPayer, toInsurance, burned, evidence: hex, escrow, nonce, at, signature };
  });
}

function rewardsIn({ events, at, signature }: HistoryEntry, node: Address): RewardOnChain[] {
  return events.flatMap((event) =>
    event.name === "RewardsClaimed" && event.data.node === node ? { amount: event.data.amount, at, signature } : [],
  );
}

function sum<T>(items: readonly T[], amountOf: (item: T) => bigint): bigint {
  return items.reduce((total, item) => total + amountOf(item), 0n);
}
