import type { Difference } from "@cyxwiz/training";
import type { AuditSummary } from "./verify-audit.ts";

/** Which epochs of a job to replay. */
export type EpochChoice =
  | { readonly kind: "epochs"; readonly epochs: readonly number[] }
  /** So many different ones, by chance: whoever trained cannot have known which. */
  | { readonly kind: "random"; readonly count: number }
  | { readonly kind: "all" };

/** What replay says of an epoch. */
export interface ReplayVerdict {
  readonly epoch: number;
  /** The epoch whose state the replay started from; 0 is the start of the job, which needs nobody's word. */
  readonly from: number;
  readonly holds: boolean;
  /** Empty where it holds. */
  readonly differences: readonly Difference[];
}

/** Whether a job is what it claims to be, as far as it was looked at. */
export interface JobVerdict {
  readonly jobId: string;
  readonly holds: boolean;
  /** Epochs that the job says it has trained. */
  readonly epochs: number;
  /** What does not fit in what is public, on chain, or in what the node shows; empty where all of it does. */
  readonly problems: readonly string[];
  /** Of the roots that were found on chain: how many of the job's first leaves each is over. */
  readonly anchored: readonly number[];
  /** What came of the job's audit; nothing before there is one. */
  readonly audit?: AuditSummary;
  /** Epochs that were chosen. */
  readonly chosen: readonly number[];
  /**
   * Every epoch that was replayed, the chosen ones and those on the way to them. After one that does not hold, what
   * builds on it is not looked at.
   */
  readonly replayed: readonly ReplayVerdict[];
}
