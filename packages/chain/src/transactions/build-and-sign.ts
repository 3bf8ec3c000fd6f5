import {
  appendTransactionMessageInstructions,
  createTransactionMessage,
  getBase64EncodedWireTransaction,
  getSignatureFromTransaction,
  type Instruction,
  pipe,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
  type TransactionSigner,
} from "@solana/kit";
import { getSetComputeUnitLimitInstruction, getSetComputeUnitPriceInstruction } from "@solana-program/compute-budget";
import type { Chain } from "../chain.ts";
import type { SignedTransaction } from "./signed-transaction.ts";

/** What a transaction does and who pays its fee. */
export interface TransactionPlan {
  /** Other signers than the fee payer travel inside the instructions' accounts, as kit has it. */
  readonly instructions: readonly Instruction[];
  readonly feePayer: TransactionSigner;
  /** Compute units to reserve; the cluster's default otherwise. */
  readonly computeUnitLimit?: number;
  /** Priority fee, in millionths of a lamport a compute unit. Default 0. */
  readonly computeUnitPriceMicroLamports?: bigint;
  readonly signal?: AbortSignal;
}

/**
 * Signs a transaction and doesn't send it, so that the caller can write the signed bytes down first: after a crash the
 * same bytes can be sent again, and can't land twice.
 *
 * @throws CyxwizError UNREACHABLE, ABORTED
 */
export async function buildAndSign(chain: Chain, plan: TransactionPlan): Promise<SignedTransaction> {
  const { value: lifetime } = await chain.rpc
    .getLatestBlockhash({ commitment: "confirmed" })
    .send(plan.signal ? { abortSignal: plan.signal } : {});
  const budget: Instruction[] = [];
  if (plan.computeUnitLimit !== undefined) {
    budget.push(getSetComputeUnitLimitInstruction({ units: plan.computeUnitLimit }));
  }
  if (plan.computeUnitPriceMicroLamports !== undefined) {
    budget.push(getSetComputeUnitPriceInstruction({ microLamports: plan.computeUnitPriceMicroLamports }));
  }
  const transaction = await pipe(
    createTransactionMessage({ version: 0 }),
    (message) => setTransactionMessageFeePayerSigner(plan.feePayer, message),
    (message) => setTransactionMessageLifetimeUsingBlockhash(lifetime, message),
    (message) => appendTransactionMessageInstructions([...budget, ...plan.instructions], message),
    (message) => signTransactionMessageWithSigners(message),
  );
  return {
    signature: getSignatureFromTransaction(transaction),
    wireTransaction: getBase64EncodedWireTransaction(transaction),
    lastValidBlockHeight: lifetime.lastValidBlockHeight,
  };
}
