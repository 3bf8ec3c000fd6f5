import { CyxwizError } from "@cyxwiz/errors";
import type { GetTransactionApi, Rpc } from "@solana/kit";
import { findPastTransaction, type TokenChange } from "./past-transaction.ts";

/** What a confirmed transaction did. */
export interface ReadTransaction {
  readonly changes: readonly TokenChange[];
  readonly logs: readonly string[];
}

/**
 * What a confirmed transaction did to the token accounts it touched: exact, whatever else moves at the same time.
 *
 * @throws CyxwizError `RECEIPT_MISMATCH` when it is not there or has failed.
 */
export async function tokenChanges(
  rpc: Rpc<GetTransactionApi>,
  signature: string,
  options: { what: string; signal: AbortSignal },
): Promise<readonly TokenChange[]> {
  return (await readTransaction(rpc, signature, options)).changes;
}

/**
 * Like {@link tokenChanges}, with what the programs logged.
 *
 * @throws CyxwizError `RECEIPT_MISMATCH` when it is not there or has failed.
 */
export async function readTransaction(
  rpc: Rpc<GetTransactionApi>,
  signature: string,
  { what, signal }: { what: string; signal: AbortSignal },
): Promise<ReadTransaction> {
  const found = await findPastTransaction(rpc, signature, signal);
  const mismatch = (actual: string) =>
    new CyxwizError("RECEIPT_MISMATCH", { what, expected: "a confirmed transaction", actual });
  if (!found) throw mismatch(`not found (${signature})`);
  if (!found.succeeded) throw mismatch(`failed (${signature})`);
  return { changes: found.tokenChanges(), logs: found.logs };
}
