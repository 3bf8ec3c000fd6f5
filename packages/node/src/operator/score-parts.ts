import type { ReputationCounters } from "@cyxwiz/contracts";

/** Observations at zero that every ratio starts with: one good job makes nobody a diamond. */
const PHANTOMS = 20;

/** What a reputation score is made of, in points. Their sum, at least 0 and at most 1000, is the score. */
export interface ScoreParts {
  /** Up to 400, for jobs completed of those assigned. */
  readonly completion: number;
  /** Up to 250, for training times near their estimates. */
  readonly accuracy: number;
  /** Up to 200, for ratings. */
  readonly rating: number;
  /** Up to 100, for valid proofs. */
  readonly proofs: number;
  /** Up to 50, for the time the node answered. */
  readonly uptime: number;
  /** Added and taken for single events. */
  readonly events: number;
}

/** Takes a score apart, each part rounded down as on chain. */
export function scoreParts(entry: ReputationCounters): ScoreParts {
  const ratio = (points: number, sum: number, count: number, scale: number) =>
    Math.floor((points * sum) / (scale * (count + PHANTOMS)));
  return {
    completion: ratio(400, entry.completed, entry.assigned, 1),
    accuracy: ratio(250, entry.accuracySum, entry.accuracyCount, 1_000),
    rating: ratio(40, entry.ratingSum, entry.ratingCount, 1),
    proofs: ratio(100, entry.validProofs, entry.proofs, 1),
    uptime: ratio(50, entry.uptimeSum, entry.uptimeCount, 1_000),
    events: entry.events,
  };
}
