import type { Chain } from "@cyxwiz/chain";
import { DEFAULT_PROGRAM_ADDRESSES, jobIdFromBytes, type ProgramAddresses } from "@cyxwiz/contracts";
import type { EscrowTerms } from "@cyxwiz/protocol";
import { type Address, address, type KeyPairSigner } from "@solana/kit";
import { JobRecords } from "../job/job-record.ts";
import { createEscrow } from "../stages/create-escrow.ts";
import { takeBack } from "./take-back.ts";

/** Who makes an escrow by hand, and where that is written down. */
export interface ManualEscrowOptions {
  readonly chain: Chain;
  /** The payer. */
  readonly wallet: KeyPairSigner;
  /** Where the signed transaction is written down before it is sent. */
  readonly dataDir: string;
  readonly programs?: ProgramAddresses;
  readonly signal?: AbortSignal;
}

/** An escrow on chain. */
export interface MadeEscrow {
  readonly jobId: string;
  readonly escrow: Address;
  readonly slot: number;
  readonly amount: bigint;
  /** What ConfirmEscrow wants. */
  readonly signature: string;
}

/**
 * Makes the escrow for a quote that another client got, and waits until it is confirmed.
 *
 * @throws CyxwizError `INSUFFICIENT_TOKENS`, `TRANSACTION_FAILED`, `INVALID_FIELD`, `ABORTED`
 */
export async function makeEscrow(terms: EscrowTerms, options: ManualEscrowOptions): Promise<MadeEscrow> {
  const context = {
    chain: options.chain,
    wallet: options.wallet,
    programs: options.programs ?? DEFAULT_PROGRAM_ADDRESSES,
    records: new JobRecords(options.dataDir),
    slotsTaken: new Set<number>(),
    nowMs: Date.now,
    signal: options.signal ?? new AbortController().signal,
    emit: () => {},
  };
  const jobId = jobIdFromBytes(terms.jobId);
  const { escrow } = await createEscrow(context, { jobId, terms, review: false, datasetSha256: "" }, () => {});
  // Whoever asked for it now has the signature: nothing is left to take up again.
  await context.records.remove(jobId);
  return {
    jobId,
    escrow: address(escrow.address),
    slot: escrow.slot,
    amount: terms.amount,
    signature: escrow.signature,
  };
}

/**
 * Takes an escrow back that no node has started on, or whose deadline has passed. Gives the transaction's signature.
 *
 * @throws CyxwizError `TRANSACTION_FAILED` otherwise
 */
export function cancelEscrow(escrow: Address, options: Omit<ManualEscrowOptions, "dataDir">): Promise<string> {
  const { chain, wallet, programs = DEFAULT_PROGRAM_ADDRESSES } = options;
  return takeBack({ chain, wallet, programs }, escrow, options.signal ?? new AbortController().signal);
}
