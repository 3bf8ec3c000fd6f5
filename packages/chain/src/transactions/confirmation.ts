import { CyxwizError } from "@cyxwiz/errors";
import type { Signature } from "@solana/kit";
import type { Chain } from "../chain.ts";
import { failureReason } from "./failure-reason.ts";

/**
 * How a transaction ended: it landed and did its work; it can never land (sign anew if you like); or it landed and
 * failed, for good (`failed` is the cluster's `err`).
 */
export type Confirmation = "confirmed" | "expired" | { readonly failed: unknown; readonly reason: string };

/**
 * Throws what every end but "confirmed" means to a caller that wanted the thing done.
 *
 * @param about.what what the transaction is for
 * @throws CyxwizError TRANSACTION_EXPIRED, TRANSACTION_FAILED
 */
export function assertConfirmed(
  outcome: Confirmation,
  { what, signature }: { readonly what: string; readonly signature: Signature },
): asserts outcome is "confirmed" {
  if (outcome === "expired") throw new CyxwizError("TRANSACTION_EXPIRED", { what, signature });
  if (outcome !== "confirmed") {
    throw new CyxwizError("TRANSACTION_FAILED", { what, signature, reason: outcome.reason });
  }
}

/** What a strategy needs to know. */
export interface Awaited {
  readonly signature: Signature;
  readonly lastValidBlockHeight: bigint;
  readonly commitment: "confirmed" | "finalized";
  readonly pollMs: number;
  /** Told how each question to the RPC went: what went wrong, or nothing. The strategy goes on either way. */
  readonly onAsked: (trouble?: unknown) => void;
  readonly signal: AbortSignal;
}

/** The outcome of a transaction that has landed with this `err`. */
export function landed(chain: Chain, err: unknown): Confirmation {
  return err === null ? "confirmed" : { failed: err, reason: failureReason(err, chain.explainError) };
}

/** Whether a status is at least as sure as asked for. */
export function hasReached(status: string | null, wanted: Awaited["commitment"]): boolean {
  return status === "finalized" || status === wanted;
}
