import type { JobConfig } from "@cyxwiz/protocol";

/** What Central says a redeemed token stands for. Nothing of it is believed before the chain says the same. */
export interface Agreement {
  readonly jobId: string;
  readonly config: JobConfig;
  /** SHA-256 of the job's canonical terms, as the escrow holds it. */
  readonly termsHash: Uint8Array;
  readonly escrowAddress: string;
  readonly payerWallet: string;
  /** Base units. */
  readonly amount: bigint;
}
