import { CyxwizError } from "@cyxwiz/errors";
import {
  type Base64EncodedWireTransaction,
  getBase64Encoder,
  getSignatureFromTransaction,
  getTransactionDecoder,
  isSolanaError,
  type Signature,
  SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE,
  SOLANA_ERROR__JSON_RPC__SERVER_ERROR_TRANSACTION_SIGNATURE_VERIFICATION_FAILURE,
  SOLANA_ERROR__TRANSACTION_ERROR__ALREADY_PROCESSED,
  SOLANA_ERROR__TRANSACTION_ERROR__BLOCKHASH_NOT_FOUND,
} from "@solana/kit";
import type { Chain } from "../chain.ts";
import { refusalReason } from "./refusal-reason.ts";

/** How signed bytes are handed to the cluster. */
export interface SubmitOptions {
  /**
   * Have the provider run the transaction first, and refuse it at no cost if it would fail. Only for one that was
   * never sent before: about another, a refusal says nothing. Default false.
   */
  readonly preflight?: boolean;
  /** What the transaction is for, in errors. */
  readonly what?: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sends signed bytes, once or again: the same bytes never land twice, and sending what has landed is no error. That a
 * provider took them doesn't mean that they land: see `awaitConfirmation`.
 *
 * @throws CyxwizError TRANSACTION_FAILED (refused by preflight; or a signature is wrong), UNREACHABLE (it may still
 * have arrived), ABORTED
 */
export async function submit(
  chain: Chain,
  wireTransaction: Base64EncodedWireTransaction,
  { preflight = false, what = "Sending", signal }: SubmitOptions = {},
): Promise<Signature> {
  const transaction = getTransactionDecoder().decode(getBase64Encoder().encode(wireTransaction));
  const signature = getSignatureFromTransaction(transaction);
  const send = (skipPreflight: boolean) =>
    chain.rpc
      .sendTransaction(wireTransaction, {
        encoding: "base64",
        skipPreflight,
        preflightCommitment: "confirmed",
      })
      .send(signal ? { abortSignal: signal } : {});
  try {
    await send(!preflight);
  } catch (error) {
    if (isSolanaError(error, SOLANA_ERROR__JSON_RPC__SERVER_ERROR_TRANSACTION_SIGNATURE_VERIFICATION_FAILURE)) {
      throw new CyxwizError(
        "TRANSACTION_FAILED",
        { what, signature, reason: "a signature is missing or wrong" },
        { cause: error },
      );
    }
    if (!isSolanaError(error, SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE)) throw error;
    const { cause } = error;
    if (isSolanaError(cause, SOLANA_ERROR__TRANSACTION_ERROR__ALREADY_PROCESSED)) return signature;
    if (isSolanaError(cause, SOLANA_ERROR__TRANSACTION_ERROR__BLOCKHASH_NOT_FOUND)) {
      // The provider that simulates may be behind the one that gave the blockhash; the leader isn't.
      await send(true);
      return signature;
    }
    throw new CyxwizError(
      "TRANSACTION_FAILED",
      { what, signature, reason: refusalReason(chain, transaction, cause ?? error) },
      { cause: error },
    );
  }
  return signature;
}
