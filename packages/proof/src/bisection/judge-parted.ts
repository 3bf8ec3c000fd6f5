import { equalBytes, type Hash } from "../bytes.ts";
import type { BisectionOutcome } from "./bisection.ts";
import type { Party } from "./bisection-case.ts";

/** What the referee itself gets for the position at which two have parted. */
export type Reckoned =
  /** The start, from terms, data, seed and model. */
  | { readonly kind: "start"; readonly hash: Hash }
  /** The epoch, by training it from the state before. */
  | { readonly kind: "epoch"; readonly stateHash: Hash; readonly metricsHash: Hash }
  /** The result, from the last state. */
  | { readonly kind: "result"; readonly resultHash: Hash }
  /** Nothing: the job is over before it, or does not end here. */
  | { readonly kind: "nothing" };

/**
 * Who has lost, given what a replay of the one epoch gives: the node if it is not what the node has committed to, or else
 * the challenger, who said that it was not.
 */
export function judgeParted({ shown }: BisectionOutcome & { readonly kind: "parted" }, reckoned: Reckoned): Party {
  return isWhatWasShown() ? "challenger" : "node";

  function isWhatWasShown(): boolean {
    switch (reckoned.kind) {
      case "start":
        return shown.position === 0 && equalBytes(reckoned.hash, shown.hash);
      case "epoch": {
        const { link } = shown;
        if (link === undefined) return false;
        return equalBytes(reckoned.stateHash, link.stateHash) && equalBytes(reckoned.metricsHash, link.metricsHash);
      }
      case "result":
        return shown.link === undefined && shown.position > 0 && equalBytes(reckoned.resultHash, shown.hash);
      case "nothing":
        return false;
    }
  }
}
