import { getSolanaErrorFromTransactionError } from "@solana/kit";
import type { ErrorExplainer } from "../chain.ts";

/** A transaction's `err` in words: a program's own if it has them, else the runtime's. */
export function failureReason(error: unknown, explain: ErrorExplainer): string {
  const explained = explain(error);
  if (explained !== undefined) return explained;
  if (typeof error !== "string" && (typeof error !== "object" || error === null)) return String(error);
  return getSolanaErrorFromTransactionError(error as Parameters<typeof getSolanaErrorFromTransactionError>[0]).message;
}
