import type { Match } from "./match.ts";
import { cyxwiz, seconds } from "./words.ts";

/** One thing that decides which of two nodes is offered first. */
export interface Criterion {
  readonly name: "kept" | "tier" | "price" | "speed" | "reputation" | "load" | "id";
  /** Below 0: `a` comes first. */
  readonly compare: (a: Match, b: Match) => number;
  /** What the better one has over the other, as the end of a sentence. */
  readonly because: (better: Match, other: Match) => string;
}

/** In this order; the first that tells two nodes apart decides. The last one always does. */
const CRITERIA: readonly [Criterion, ...Criterion[]] = [
  {
    name: "kept",
    // For any other wallet it is no match.
    compare: (a, b) => Number(b.candidate.heldFor !== undefined) - Number(a.candidate.heldFor !== undefined),
    because: () => "kept for this wallet's next job",
  },
  {
    name: "tier",
    compare: (a, b) => Number(b.tier === "diamond") - Number(a.tier === "diamond"),
    because: (better, other) =>
      `a diamond node, and those come first (reputation ${better.candidate.reputation} against ${other.candidate.reputation}, ${other.tier})`,
  },
  {
    name: "price",
    compare: (a, b) => order(a.amount, b.amount),
    because: (better, other) => `cheaper (${cyxwiz(better.amount)} against ${cyxwiz(other.amount)})`,
  },
  {
    name: "speed",
    compare: (a, b) => order(a.durationMs, b.durationMs),
    because: (better, other) =>
      `as cheap and faster (${seconds(better.durationMs)} against ${seconds(other.durationMs)})`,
  },
  {
    name: "reputation",
    compare: (a, b) => b.candidate.reputation - a.candidate.reputation,
    because: (better, other) =>
      `as cheap and fast, and better known (reputation ${better.candidate.reputation} against ${other.candidate.reputation})`,
  },
  {
    name: "load",
    compare: (a, b) => a.candidate.runningJobs - b.candidate.runningJobs,
    because: (better, other) =>
      `equal but less loaded (${better.candidate.runningJobs} jobs against ${other.candidate.runningJobs})`,
  },
  {
    name: "id",
    compare: (a, b) => order(a.candidate.nodeId, b.candidate.nodeId),
    because: () => "equal in all that counts, and its id comes first",
  },
];

/** Which of two matches is offered first: one that is kept for the payer, then diamonds, then the cheaper, the faster, the better known, the less loaded. */
export function compareMatches(a: Match, b: Match): number {
  return deciding(a, b).compare(a, b);
}

/** The criterion that tells two matches apart. */
export function deciding(a: Match, b: Match): Criterion {
  return CRITERIA.find(({ compare }) => compare(a, b) !== 0) ?? (CRITERIA.at(-1) as Criterion);
}

function order<T extends bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
