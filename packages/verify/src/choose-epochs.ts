import { CyxwizError } from "@cyxwiz/errors";
import type { EpochChoice } from "./job-verdict.ts";

/** A part of a job to replay: from the state after one epoch to the end of a later one. */
export interface Segment {
  readonly from: number;
  readonly to: number;
}

/**
 * The epochs to verify, in order.
 *
 * @param epochs that the job has.
 * @param randomBelow gives a random whole number from 0 to below its argument.
 * @throws CyxwizError `INVALID_FIELD` for an epoch that the job does not have.
 */
export function chooseEpochs(
  choice: EpochChoice,
  epochs: number,
  randomBelow: (limit: number) => number,
): readonly number[] {
  const all = Array.from({ length: epochs }, (_, index) => index + 1);
  if (choice.kind === "all") return all;
  if (choice.kind === "epochs") {
    const missing = choice.epochs.find((epoch) => !Number.isSafeInteger(epoch) || epoch < 1 || epoch > epochs);
    if (missing === undefined) return inOrder(new Set(choice.epochs));
    throw new CyxwizError("INVALID_FIELD", { field: "epoch", problem: `${missing}; the job has 1 to ${epochs}` });
  }
  // Fisher–Yates, as far as needed.
  const count = Math.min(choice.count, epochs);
  for (let index = 0; index < count; index++) {
    const other = index + randomBelow(epochs - index);
    [all[index], all[other]] = [all[other] as number, all[index] as number];
  }
  return inOrder(all.slice(0, count));
}

/**
 * How to get to all of these epochs: each from the nearest state before it, where two overlap in one go.
 *
 * @param chosen in order.
 * @param stored epochs whose states can be had; the initial state always can.
 */
export function segmentsFor(chosen: readonly number[], stored: readonly number[]): readonly Segment[] {
  const segments: Segment[] = [];
  for (const epoch of chosen) {
    const from = stored.reduce((nearest, each) => (each < epoch && each > nearest ? each : nearest), 0);
    const last = segments.at(-1);
    // From a state that the last replay gives by itself, it simply goes on.
    if (last && from <= last.to) segments[segments.length - 1] = { from: last.from, to: epoch };
    else segments.push({ from, to: epoch });
  }
  return segments;
}

function inOrder(epochs: Iterable<number>): number[] {
  return [...epochs].sort((a, b) => a - b);
}
