import { findTokenAccount, readTransfer, tokenAccountOwner } from "@cyxwiz/chain";
import { fetchMaybePlatform, findPlatformAddress } from "@cyxwiz/contracts";
import { confirmed, type OperatorQuery, programsOf } from "./operator-context.ts";
import type { TransactionHistory } from "./transaction-history.ts";

/** What the platform paid for an audit of somebody else's job. */
export interface AuditPay {
  /** In base units. */
  readonly amount: bigint;
  /** Unix seconds. */
  readonly at: bigint;
  readonly signature: string;
}

/**
 * What came for audits, newest first: transfers from the platform's treasury to the wallet's token account, by the allowance
 * that Central has, and not by the treasury's owner. What an earlier treasury paid is left out.
 *
 * @param limit so many of the token account's latest transactions are looked at
 */
export async function readAuditPay(
  query: OperatorQuery,
  history: TransactionHistory,
  limit: number,
): Promise<AuditPay[]> {
  const address = await findPlatformAddress(programsOf(query));
  const platform = await fetchMaybePlatform(query.chain.rpc, address, confirmed(query));
  if (!platform.exists) return [];
  const { treasury, mint, coordinator } = platform.data;
  const owner = await tokenAccountOwner(query.chain, treasury, query.signal);
  const account = await findTokenAccount({ owner: query.wallet, mint });
  return (await history.of(account, limit)).flatMap(({ instructions, at, signature }) =>
    instructions().flatMap((instruction) => {
      const transfer = readTransfer(instruction);
      if (transfer?.source !== treasury || transfer.destination !== account) return [];
      const isByAllowance = transfer.authority === coordinator || transfer.authority !== owner;
      return isByAllowance ? [{ amount: transfer.amount, at, signature }] : [];
    }),
  );
}
