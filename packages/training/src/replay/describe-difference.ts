import type { MetricDifference, StateDifference } from "./difference.ts";
import type { Difference } from "./verify-epochs.ts";

/** More tensors than that say nothing more. */
const MOST_DETAILS = 8;

/** A difference in words, a line each; claimed first. */
export function describeDifference(difference: Difference): readonly string[] {
  switch (difference.what) {
    case "state": {
      const { claimed, replayed, details = [] } = difference;
      const lines = details.slice(0, MOST_DETAILS).map(stateInWords);
      if (details.length > MOST_DETAILS) lines.push(`and ${details.length - MOST_DETAILS} more of the state`);
      return [`the state: ${claimed} is claimed, replay gives ${replayed}`, ...lines];
    }
    case "metrics": {
      const { claimed, replayed, details } = difference;
      if (!details) return [`the metrics: ${claimed} is claimed, replay gives ${replayed}`];
      return details.map(metricInWords);
    }
    case "result":
      return [`the result: ${difference.claimed} is claimed, replay gives ${difference.replayed}`];
    case "start":
      return [`the state to start from: ${difference.problem}`];
    case "training":
      return [`the training: ${difference.problem}`];
    case "end": {
      const { claimed, replayed } = difference;
      const really = replayed === 0 ? "but training goes on from there" : `but training ends with epoch ${replayed}`;
      return [`the end: ${claimed} epochs are claimed, ${really}`];
    }
  }
}

function stateInWords(difference: StateDifference): string {
  if (difference.kind === "encoding") return `the claimed state's bytes: ${difference.problem}`;
  if (difference.kind !== "values") {
    const { name, claimed = "none", replayed = "none" } = difference;
    return `${name}: ${claimed} is claimed, replay gives ${replayed}`;
  }
  const { tensor, count, of, maxAbsDifference, firstIndex, claimed, replayed } = difference;
  const first = `first at ${firstIndex}: ${claimed} is claimed, replay gives ${replayed}`;
  return `tensor ${tensor}: ${count} of ${of} values, by ${maxAbsDifference} at most; ${first}`;
}

function metricInWords({ name, claimed = Number.NaN, replayed = Number.NaN }: MetricDifference): string {
  return `the metric ${name}: ${claimed} is claimed, replay gives ${replayed}`;
}
