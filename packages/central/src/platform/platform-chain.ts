import type { Confirmation, SignedTransaction } from "@cyxwiz/chain";
import type { Escrow, Node, Platform } from "@cyxwiz/contracts";
import type { Address, Instruction } from "@solana/kit";

/** What a transaction that creates an escrow did. */
export interface EscrowCreation {
  readonly escrow: Address;
  readonly nonce: bigint;
}

export type TransactionState =
  | { readonly kind: "unknown" }
  /** Seen, but not at `confirmed` yet. */
  | { readonly kind: "processed" }
  | { readonly kind: "confirmed" }
  | { readonly kind: "failed"; readonly reason: string };

/** An account that should be an escrow, as the chain has it at `confirmed`. */
export interface EscrowOnChain {
  readonly owner: Address;
  /** Absent when the account is none of our escrows: another owner, layout or version. */
  readonly escrow?: Escrow;
  /** Where the seeds in the account say it should be. */
  readonly expectedAddress?: Address;
  readonly vault?: { readonly mint: Address; readonly owner: Address; readonly amount: bigint };
}

/** All that Central asks of the chain. Everything is read at `confirmed` and has a deadline. */
export interface PlatformChain {
  readonly coordinator: Address;
  readonly jobEscrowProgram: Address;
  readonly nodeRegistryProgram: Address;
  /** Parameters of the economy, kept for a minute. */
  platform(): Promise<Platform>;
  /** The registry's account of a wallet's node. */
  node(wallet: string): Promise<Node | undefined>;
  escrow(address: string): Promise<EscrowOnChain | undefined>;
  /** Escrow accounts whose job id is this one. */
  escrowsOfJob(jobId: string): Promise<Address[]>;
  /** The escrow that a confirmed transaction made; `undefined` if it made none or is not confirmed. */
  escrowCreatedBy(signature: string): Promise<EscrowCreation | undefined>;
  transactionState(signature: string): Promise<TransactionState>;
  /** Signs for the coordinator, who pays. */
  sign(instructions: readonly Instruction[]): Promise<SignedTransaction>;
  /** Sends signed bytes until they have landed or never can. Throws TIMED_OUT while that is open. */
  deliver(transaction: SignedTransaction, signal: AbortSignal): Promise<Confirmation>;
  anchorRoot(escrow: string, nonce: bigint, proof: FinalProof): Promise<Instruction[]>;
  completePayment(escrow: string, use: Escrow, root: Uint8Array): Promise<Instruction[]>;
  refund(escrow: string, use: Escrow): Promise<Instruction[]>;
  balances(wallet: string): Promise<{ readonly lamports: bigint; readonly cyxwiz: bigint; readonly mint: Address }>;
}

/** What the last root of a job says. */
export interface FinalProof {
  readonly root: Uint8Array;
  readonly leafCount: number;
  readonly resultHash: Uint8Array;
}
