/** What the chain shows that one party of a job paid or got, in base units. */
export interface ReceiptLine {
  readonly role: "payer" | "node" | "platform";
  /** The wallet, or for the platform its treasury's owner. */
  readonly wallet: string;
  readonly tokenAccount: string;
  /** Before `create_escrow` for the payer, before the payment for the others. */
  readonly before: bigint;
  /** After the payment. */
  readonly after: bigint;
  /** Of this job; the payment may have settled others in the same transaction. */
  readonly change: bigint;
}

/** Who paid what to whom, read from the chain by the Engine itself. */
export interface Receipt {
  readonly jobId: string;
  readonly escrow: string;
  readonly mint: string;
  readonly amount: bigint;
  /** Merkle root on chain. */
  readonly root: string;
  readonly resultHash: string;
  readonly escrowSignature: string;
  readonly anchorSignature: string;
  readonly paymentSignature: string;
  readonly lines: readonly ReceiptLine[];
}
