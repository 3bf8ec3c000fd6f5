import type { Fraction } from "./fraction.ts";
import type { Job } from "./job.ts";
import type { Rules } from "./rules.ts";

/** What a node's cheating comes to for one job: all that the rules look at. */
export interface Plan {
  /** Share of the job's work that is left out. */
  readonly leftOut: Fraction;
  /** What the node gets where nothing is found, in base units. */
  readonly income: bigint;
  /** Epochs whose links were handed in, and can be drawn for replay. */
  readonly handedIn: number;
  /** Of those, the ones that a replay refutes. */
  readonly refutable: number;
  /**
   * `never` needs no audit: hashes, the program or a deadline refuse it in any case. `drawn` is audited by chance,
   * `always` because a rule asks for it.
   */
  readonly audit: "never" | "drawn" | "always";
  /** What the node then answers for with its stake. A proof is invalid only once it was committed to on chain. */
  readonly fault: "failed" | "invalidProof";
  /** Whether auditors may work with the node. */
  readonly colludes?: boolean;
}

/** A way to be paid for work that was not done, or not done as agreed. */
export interface Strategy {
  readonly name: string;
  /** What finds it, in words. */
  readonly foundBy: string;
  plan(job: Job, rules: Rules): Plan;
}
