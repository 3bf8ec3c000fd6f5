import type { Tier } from "../pricing/rates.ts";
import type { Candidate } from "./candidate.ts";
import { describeNeeds, type JobNeeds, type Match, type Offer, type Reason, type Rejected } from "./match.ts";
import { deciding } from "./rank.ts";
import { tierOf } from "./tiers.ts";
import { cyxwiz, seconds } from "./words.ts";

/** Why one node got a job, stood in the queue for it, or could not have it. Amounts are base units, as decimal text. */
export interface NodeExplanation {
  readonly nodeId: string;
  readonly wallet: string;
  readonly name: string;
  readonly decision: "chosen" | "ranked" | "rejected";
  /** 1 is the first; only of those that could have taken the job. */
  readonly rank?: number;
  /** Only of those that could not. */
  readonly reason?: Reason;
  readonly words: string;
  readonly numbers: {
    readonly tier: Tier;
    readonly reputation: number;
    readonly staked: string;
    readonly flopsPerSecond: string;
    readonly runningJobs: number;
    readonly amount?: string;
    readonly durationMs?: string;
    readonly largestJob?: string;
    readonly minimumStake?: string;
  };
}

/** Of each kind, the taken and the rejected, so many are explained: enough to see why, on any market. */
const MAX_EXPLAINED = 50;

/** Why a job went where it did. Plain data: it is kept with the job. */
export interface MatchExplanation {
  /** What was asked for, in words. */
  readonly needs: string;
  /** How many nodes were looked at, also those not named below. */
  readonly considered: number;
  /** The chosen one, then the others in their order, then the rejected. */
  readonly nodes: readonly NodeExplanation[];
}

/** Explains a choice: `matches` in their order, the chosen one first; `rejected` with their reasons. */
export function explainMatch(
  needs: Pick<JobNeeds, "device" | "memoryBytes">,
  { matches, rejected }: { readonly matches: readonly Match[]; readonly rejected: readonly Rejected[] },
): MatchExplanation {
  const ranked = matches.slice(0, MAX_EXPLAINED).map((match, index) => explainRanked(matches, match, index));
  const others = rejected.slice(0, MAX_EXPLAINED).map(explainRejected);
  return {
    needs: describeNeeds(needs),
    considered: matches.length + rejected.length,
    nodes: [...ranked, ...others],
  };
}

function explainRanked(matches: readonly Match[], match: Match, index: number): NodeExplanation {
  const { candidate } = match;
  const [before, next] = [matches[index - 1], matches[index + 1]];
  const price = `${cyxwiz(match.amount)} for ${seconds(match.durationMs)}`;
  const words = before
    ? `Number ${index + 1}, at ${price}: the one before is ${deciding(before, match).because(before, match)}.`
    : next
      ? `Chosen, at ${price}: compared with the next one it is ${deciding(match, next).because(match, next)}.`
      : `Chosen, at ${price}: the only one that can take the job.`;
  return {
    ...identity(candidate),
    decision: before ? "ranked" : "chosen",
    rank: index + 1,
    words,
    numbers: numbersOf(candidate, match),
  };
}

function explainRejected({ candidate, reason, because, offer }: Rejected): NodeExplanation {
  return {
    ...identity(candidate),
    decision: "rejected",
    reason,
    words: `Not possible: ${because}.`,
    numbers: numbersOf(candidate, offer),
  };
}

function identity({ nodeId, wallet, info }: Candidate) {
  return { nodeId, wallet, name: info.name.slice(0, 200) };
}

function numbersOf(candidate: Candidate, offer: Offer | undefined): NodeExplanation["numbers"] {
  const { reputation, runningJobs } = candidate;
  return {
    tier: tierOf(reputation).tier,
    reputation,
    staked: candidate.staked.toString(),
    flopsPerSecond: candidate.flopsPerSecond.toString(),
    runningJobs,
    ...(offer && {
      amount: offer.amount.toString(),
      durationMs: offer.durationMs.toString(),
      largestJob: offer.largestJob.toString(),
      minimumStake: offer.minimumStake.toString(),
    }),
  };
}
