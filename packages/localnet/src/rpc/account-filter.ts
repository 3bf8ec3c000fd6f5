import { fromBase58, fromBase64 } from "../encoding/base58.ts";
import type { StoredAccount } from "../ledger/account.ts";
import { tokenAccountState } from "../ledger/token-state.ts";
import type { AccountFilter } from "./params.ts";
import { invalidParams } from "./rpc-error.ts";

const MAX_COMPARED_BYTES = 128;

/** Whether an account passes every filter. Refuses filters that make no sense. */
export function matchesFilters(account: StoredAccount, filters: readonly AccountFilter[]): boolean {
  return filters.every((filter) => {
    if ("dataSize" in filter) return account.data.length === filter.dataSize;
    if ("tokenAccountState" in filter) return tokenAccountState(account) !== null;
    const { offset } = filter.memcmp;
    const wanted = comparedBytes(filter.memcmp);
    return Buffer.compare(account.data.subarray(offset, offset + wanted.length), wanted) === 0;
  });
}

function comparedBytes({ bytes, encoding }: Extract<AccountFilter, { memcmp: unknown }>["memcmp"]): Uint8Array {
  const decoded =
    typeof bytes !== "string" ? Uint8Array.from(bytes) : encoding === "base64" ? fromBase64(bytes) : fromBase58(bytes);
  if (decoded === undefined) throw invalidParams("Invalid param: invalid memcmp bytes");
  if (decoded.length > MAX_COMPARED_BYTES) throw invalidParams("Invalid param: encoded binary data too large");
  return decoded;
}
