import {
  entryOfNumber,
  fetchMaybePage,
  findPageAddress,
  getRecordOutcomesInstructionDataDecoder,
  OutcomeKind,
  type Page,
  RECORD_OUTCOMES_DISCRIMINATOR,
  type ReputationEntry,
} from "@cyxwiz/contracts";
import type { Address } from "@solana/kit";
import { enumName } from "./enum-name.ts";
import { TIERS } from "./node-state.ts";
import { confirmed, type OperatorQuery, programsOf } from "./operator-context.ts";
import { readNode } from "./read-node.ts";
import { type ScoreParts, scoreParts } from "./score-parts.ts";
import { type HistoryEntry, TransactionHistory } from "./transaction-history.ts";

/** Why a score moved. */
export interface ReputationMove {
  readonly kind: keyof typeof OutcomeKind;
  /** Per mille for completions (nearness to the estimate) and uptime, stars for ratings, else 0. */
  readonly value: number;
  /** Points added or taken for the event itself; what it does to the ratios comes on top. */
  readonly points: number;
  /** Unix seconds. */
  readonly at: bigint;
  readonly signature: string;
}

/** A node's reputation as it stands on chain. */
export interface Reputation {
  readonly score: number;
  readonly tier: (typeof TIERS)[number];
  readonly parts: ScoreParts;
  readonly entry: ReputationEntry;
  /** Newest first. */
  readonly moves: readonly ReputationMove[];
}

const DEFAULT_BATCHES = 100;

/**
 * Reads a node's reputation and the batches that made it. `undefined` for a node that has no entry yet: it gets one
 * with the first outcome that is written: of a job, or of a day that it was there.
 *
 * @throws CyxwizError NODE_NOT_ON_CHAIN, UNREACHABLE
 */
export async function readReputation(
  query: OperatorQuery & { /** How many of the latest batches are looked at. */ readonly batches?: number },
): Promise<Reputation | undefined> {
  const place = await findEntry(query);
  if (!place) return undefined;
  const { page, index, entry } = place;
  const batches = await new TransactionHistory(query).of(page, query.batches ?? DEFAULT_BATCHES);
  return {
    score: entry.score,
    tier: TIERS[entry.tier] ?? "bronze",
    parts: scoreParts(entry),
    entry,
    moves: batches.flatMap((batch) => movesIn(batch, { page, index, program: programsOf(query).reputationManager })),
  };
}

interface EntryPlace {
  readonly page: Address;
  readonly index: number;
  readonly entry: ReputationEntry;
}

async function findEntry(query: OperatorQuery): Promise<EntryPlace | undefined> {
  const { data: node } = await readNode(query, query.wallet);
  const place = entryOfNumber(node.reputationEntry);
  if (place) {
    const found = await readPage(query, place.pageIndex);
    const entry = found?.data.entries[place.entry];
    return found && entry ? { page: found.address, index: place.entry, entry } : undefined;
  }
  // The registry has not been told where yet.
  for (let number = 0; ; number += 1) {
    const found = await readPage(query, number);
    if (!found) return undefined;
    const index = found.data.entries.slice(0, found.data.count).findIndex(({ wallet }) => wallet === query.wallet);
    const entry = found.data.entries[index];
    if (entry) return { page: found.address, index, entry };
  }
}

async function readPage(
  query: OperatorQuery,
  pageIndex: number,
): Promise<{ address: Address; data: Page } | undefined> {
  const address = await findPageAddress(pageIndex, programsOf(query));
  const page = await fetchMaybePage(query.chain.rpc, address, confirmed(query));
  return page.exists ? page : undefined;
}

function movesIn(
  { instructions, at, signature }: HistoryEntry,
  of: { readonly page: Address; readonly index: number; readonly program: Address },
): ReputationMove[] {
  const moves = instructions().flatMap(({ program, accounts, data }) => {
    const isBatch = program === of.program && data[0] === RECORD_OUTCOMES_DISCRIMINATOR;
    if (!isBatch || !accounts.includes(of.page)) return [];
    const { outcomes } = getRecordOutcomesInstructionDataDecoder().decode(data);
    return outcomes
      .filter(({ entry }) => entry === of.index)
      .map(({ kind, value }) => ({
        kind: enumName(OutcomeKind, kind),
        value,
        points: pointsFor(kind, value),
        at,
        signature,
      }));
  });
  return moves.reverse();
}

const POINTS: Readonly<Record<OutcomeKind, number>> = {
  [OutcomeKind.Completed]: 10,
  [OutcomeKind.Failed]: -50,
  [OutcomeKind.TimedOut]: -30,
  [OutcomeKind.InvalidProof]: -100,
  [OutcomeKind.DisputeLost]: -200,
  [OutcomeKind.DisputeWon]: 5,
  [OutcomeKind.Rated]: 0,
  [OutcomeKind.Uptime]: 0,
  [OutcomeKind.UptimeMonth]: 20,
};
const FIVE_STARS = { stars: 5, points: 5 } as const;

function pointsFor(kind: OutcomeKind, value: number): number {
  return kind === OutcomeKind.Rated && value === FIVE_STARS.stars ? FIVE_STARS.points : POINTS[kind];
}
