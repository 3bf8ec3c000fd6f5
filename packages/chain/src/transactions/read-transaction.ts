import { CyxwizError } from "@cyxwiz/errors";
import type { GetTransactionApi, Rpc, Signature } from "@solana/kit";

/** A token account's balance around one transaction. */
export interface TokenChange {
  readonly account: string;
  readonly owner: string;
  readonly mint: string;
  readonly before: bigint;
  readonly after: bigint;
}

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
  options: { what: string; signal: AbortSignal },
): Promise<ReadTransaction> {
  const transaction = await rpc
    .getTransaction(signature as Signature, {
      commitment: "confirmed",
      encoding: "json",
      maxSupportedTransactionVersion: 0,
    })
    .send({ abortSignal: options.signal });
  const mismatch = (actual: string) =>
    new CyxwizError("RECEIPT_MISMATCH", { what: options.what, expected: "a confirmed transaction", actual });
  if (!transaction?.meta) throw mismatch(`not found (${signature})`);
  if (transaction.meta.err !== null) throw mismatch(`failed (${signature})`);
  const { preTokenBalances = [], postTokenBalances = [], loadedAddresses } = transaction.meta;
  const keys = [
    ...transaction.transaction.message.accountKeys,
    ...(loadedAddresses?.writable ?? []),
    ...(loadedAddresses?.readonly ?? []),
  ];
  const changes = new Map<number, { owner: string; mint: string; before: bigint; after: bigint }>();
  for (const [side, balances] of [
    ["before", preTokenBalances],
    ["after", postTokenBalances],
  ] as const) {
    for (const { accountIndex, owner, mint, uiTokenAmount } of balances) {
      const change = changes.get(accountIndex) ?? { owner: owner ?? "", mint, before: 0n, after: 0n };
      changes.set(accountIndex, { ...change, [side]: BigInt(uiTokenAmount.amount) });
    }
  }
  return {
    changes: [...changes].map(([index, change]) => ({ account: keys[index] ?? "", ...change })),
    logs: transaction.meta.logMessages ?? [],
  };
}
