import type { Confirmation, SignedTransaction } from "@cyxwiz/chain";
import type { Escrow, EscrowDecision, EscrowOutcome, Node, NodeFault, Platform } from "@cyxwiz/contracts";
import type { Address, Blockhash, Instruction } from "@solana/kit";

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

/** How one use of an escrow has ended, as the program logged it; amounts in base units. */
export interface EscrowEnd {
  readonly outcome: EscrowOutcome;
  readonly toPayer: bigint;
  readonly toNode: bigint;
  readonly toTreasury: bigint;
  /** Of the transaction that ended it. */
  readonly signature: string;
}

/** What the last root of a job says. */
export interface FinalProof {
  readonly root: Uint8Array;
  readonly leafCount: number;
  readonly resultHash: Uint8Array;
}

/** That the last checkpoint and the result stand under the root. */
export interface Inclusion {
  readonly checkpointHash: Uint8Array;
  readonly siblings: Uint8Array[];
}

/** What the coordinator can do with escrows; `withReport` tells the node registry of the end in the same breath. */
export interface SettlementInstructions {
  anchorRoot(escrow: string, nonce: bigint, root: Uint8Array, leafCount: number): Promise<Instruction[]>;
  commitProof(escrow: string, use: Escrow, commitment: Uint8Array): Promise<Instruction[]>;
  revealProof(escrow: string, use: Escrow, proof: FinalProof): Promise<Instruction[]>;
  completePayment(escrow: string, use: Escrow, proof: Inclusion, withReport: boolean): Promise<Instruction[]>;
  refund(escrow: string, use: Escrow, fault: NodeFault, withReport: boolean): Promise<Instruction[]>;
  cancelRunning(escrow: string, use: Escrow, leafCount: number, withReport: boolean): Promise<Instruction[]>;
  /** Sends an escrow back whose time is over; anybody may. */
  timeoutRefund(escrow: string, use: Escrow): Promise<Instruction[]>;
  /** Carries out a decision that can no longer be appealed against; anybody may. */
  executeDecision(escrow: string, use: Escrow): Promise<Instruction[]>;
  /** Pays a wallet from the treasury, by the allowance that its owner has given the coordinator. */
  payFromTreasury(wallet: string, amount: bigint): Promise<Instruction[]>;
  /** Takes a node's stake as for an invalid proof, in the arbiter's name. Throws NOT_POSSIBLE_NOW without its key. */
  slashNode(wallet: string, evidence: Uint8Array): Promise<Instruction[]>;
  /** Decides a dispute, in the arbiter's name. Throws NOT_POSSIBLE_NOW without its key. */
  resolveDispute(escrow: string, use: Escrow, decision: EscrowDecision): Promise<Instruction[]>;
  /** Tells the node registry how a settled job has ended. */
  report(escrow: string, use: Escrow): Promise<Instruction[]>;
}

/** All that Central asks of the chain. Everything is read at `confirmed` and has a deadline. */
export interface PlatformChain extends SettlementInstructions {
  readonly coordinator: Address;
  /** Whose key decides disputes here, where there is one. */
  readonly arbiter?: Address;
  readonly jobEscrowProgram: Address;
  readonly nodeRegistryProgram: Address;
  /** The chain's clock, by which the programs decide, in Unix seconds. */
  time(): Promise<bigint>;
  /** Parameters of the economy, kept for a minute. */
  platform(): Promise<Platform>;
  /** The registry's account of a wallet's node. */
  node(wallet: string): Promise<Node | undefined>;
  escrow(address: string): Promise<EscrowOnChain | undefined>;
  /** Escrow accounts whose job id is this one. */
  escrowsOfJob(jobId: string): Promise<Address[]>;
  /** The escrow that a confirmed transaction made; `undefined` if it made none or is not confirmed. */
  escrowCreatedBy(signature: string): Promise<EscrowCreation | undefined>;
  /**
   * How a use of an escrow has ended, from the program's log; `undefined` when the provider doesn't show it.
   *
   * @param signature the transaction that is known to have ended it; without it the account's history is searched
   */
  escrowEnd(escrow: string, nonce: bigint, signature?: string): Promise<EscrowEnd | undefined>;
  transactionState(signature: string): Promise<TransactionState>;
  /** Resolves when the cluster works on a later slot than this one. */
  slotAfter(slot: bigint, signal: AbortSignal): Promise<void>;
  /** The first block after a slot, at `confirmed`; `undefined` while there is none. */
  firstBlockAfter(slot: bigint): Promise<{ readonly slot: bigint; readonly hash: Blockhash } | undefined>;
  /** The newest slot at `confirmed`. */
  slot(): Promise<bigint>;
  /** What the coordinator may still pay from the treasury, in base units: allowed, and there. */
  treasuryAllowance(): Promise<bigint>;
  /** The coordinator's signature over bytes that are no transaction. */
  signBytes(bytes: Uint8Array): Promise<Uint8Array>;
  /** Signs for the coordinator, who pays. */
  sign(instructions: readonly Instruction[]): Promise<SignedTransaction>;
  /** Sends signed bytes until they have landed or never can. Throws TIMED_OUT while that is open. */
  deliver(transaction: SignedTransaction, signal: AbortSignal): Promise<Confirmation>;
  balances(wallet: string): Promise<{ readonly lamports: bigint; readonly cyxwiz: bigint; readonly mint: Address }>;
}
