import { Fraction } from "../fraction.ts";
import { payOf } from "../job.ts";
import type { Plan, Strategy } from "../strategy.ts";

// Whoever hands these in has done no work, and gets no further: nothing is on chain yet, so that the job has failed.
const refused = (name: string, foundBy: string): Strategy => ({
  name,
  foundBy,
  plan: (job, rules): Plan => ({
    leftOut: Fraction.ONE,
    income: payOf(job, rules),
    handedIn: 0,
    refutable: 0,
    audit: "never",
    fault: "failed",
  }),
});

/** What hashes, the program and deadlines refuse, whether there is an audit or not. */
export const REFUSED: readonly Strategy[] = [
  refused("another job's proof", "H_0 names job, terms, data and seed"),
  refused("an old proof, replayed", "the commitment names escrow and nonce, H_0 the job"),
  refused("a proof of fewer epochs", "one leaf an epoch, or the proof is refused"),
  refused("a root with a leaf twice", "the root is reckoned from one link an epoch"),
  refused("taking the job and vanishing", "silent for 120 s, or past the deadline"),
  refused("stalling until the payer cancels", "slower than the time bounds: failed, not cancelled"),
];
