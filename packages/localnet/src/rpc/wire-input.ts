import { fromBase58, fromBase64 } from "../encoding/base58.ts";
import { parseWireTransaction, type WireTransaction } from "../ledger/wire-transaction.ts";
import { invalidParams } from "./rpc-error.ts";

const MAX_BYTES = 1232;
const TYPE = "solana_transaction::versioned::VersionedTransaction";

/** A transaction out of a request, or the error -32602 that a validator gives. */
export function wireFromRequest(text: string, encoding: "base58" | "base64"): WireTransaction {
  const bytes = encoding === "base64" ? fromBase64(text) : fromBase58(text);
  if (bytes === undefined) throw invalidParams(`invalid ${encoding} encoding`);
  if (bytes.length > MAX_BYTES) {
    throw invalidParams(`decoded ${TYPE} too large: ${bytes.length} bytes (max: ${MAX_BYTES} bytes)`);
  }
  try {
    return parseWireTransaction(bytes);
  } catch (cause) {
    throw invalidParams(`failed to deserialize ${TYPE}: ${cause instanceof Error ? cause.message : cause}`);
  }
}
