import type { VerifyContext } from "@cyxwiz/verify";

/** An escrow as the chain has it at `confirmed`. */
export interface EscrowOnChain {
  /** True while the tokens wait for this job: created or already started. */
  readonly locked: boolean;
  readonly started: boolean;
  /** The state's name, for messages. */
  readonly state: string;
  readonly jobId: Uint8Array;
  readonly payer: string;
  readonly node: string;
  readonly mint: string;
  /** Base units. */
  readonly amount: bigint;
  readonly termsHash: Uint8Array;
  /** How many epochs were agreed, by which a cancelled job's price is shared out. */
  readonly checkpoints: number;
  /** Unix seconds. */
  readonly deadlineSeconds: bigint;
  /** Counts the jobs that have used this account. */
  readonly nonce: bigint;
}

/** A node's entry in the registry on chain. */
export interface RegistrationOnChain {
  readonly status: string;
  readonly active: boolean;
  readonly fingerprint: Uint8Array;
  readonly capabilitiesHash: Uint8Array;
  /** Base units. */
  readonly staked: bigint;
}

/** What a node needs of the chain. Every method has a deadline of its own and throws typed errors. */
export interface NodeChain {
  /** `undefined` when there is no such account, or it is no escrow of this deployment's program. */
  readEscrow(address: string, signal: AbortSignal): Promise<EscrowOnChain | undefined>;
  /** Marks the escrow's job as started; resolves with the signature once that is confirmed. */
  startJob(escrow: string, nonce: bigint, signal: AbortSignal): Promise<string>;
  /** The mint that the node registry, and so every honest escrow, uses. */
  readMint(signal: AbortSignal): Promise<string>;
  readRegistration(signal: AbortSignal): Promise<RegistrationOnChain | undefined>;
  register(fingerprint: Uint8Array, capabilitiesHash: Uint8Array, signal: AbortSignal): Promise<string>;
  update(fingerprint: Uint8Array, capabilitiesHash: Uint8Array, signal: AbortSignal): Promise<string>;
  /** Base units in the wallet's own token account. */
  readTokens(signal: AbortSignal): Promise<bigint>;
  stake(amount: bigint, signal: AbortSignal): Promise<string>;
  /** What it takes to verify what other nodes have put on chain. */
  readonly forVerifying: Pick<VerifyContext, "chain" | "programs">;
  close(): void;
}
