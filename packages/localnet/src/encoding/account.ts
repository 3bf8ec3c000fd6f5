import { zstdCompressSync } from "node:zlib";
import type { Address } from "@solana/kit";
import type { StoredAccount } from "../ledger/account.ts";
import { RpcError } from "../rpc/rpc-error.ts";
import { toBase58 } from "./base58.ts";
import { parseTokenData } from "./parsed-token.ts";

export type AccountEncoding = "binary" | "base58" | "base64" | "base64+zstd" | "jsonParsed";

export interface AccountView {
  readonly encoding: AccountEncoding;
  readonly dataSlice?: { readonly offset: number; readonly length: number } | null | undefined;
}

/** Rent is no longer collected; validators say so with this number. */
const NO_RENT_EPOCH = 2n ** 64n - 1n;
const MAX_BASE58_BYTES = 128;

/** An account as JSON. `read` gives the mint that a token account's decimals come from. */
export function encodeAccount(
  account: StoredAccount,
  view: AccountView,
  read: (address: Address) => StoredAccount | null,
) {
  return {
    data: encodeData(account, view, read),
    executable: account.executable,
    lamports: account.lamports,
    owner: account.owner,
    rentEpoch: NO_RENT_EPOCH,
    space: account.data.length,
  };
}

function encodeData(account: StoredAccount, view: AccountView, read: (address: Address) => StoredAccount | null) {
  if (view.encoding === "jsonParsed") {
    const parsed = parseTokenData(account, read);
    if (parsed !== null) return parsed;
  }
  const { offset, length } = view.dataSlice ?? { offset: 0, length: account.data.length };
  const data = account.data.subarray(offset, offset + length);
  switch (view.encoding) {
    case "binary":
      return shortBase58(data);
    case "base58":
      return [shortBase58(data), "base58"];
    case "base64+zstd":
      return [zstdCompressSync(data).toString("base64"), "base64+zstd"];
    default:
      // What can't be parsed is answered in base64, and says so.
      return [Buffer.from(data).toString("base64"), "base64"];
  }
}

function shortBase58(data: Uint8Array): string {
  if (data.length <= MAX_BASE58_BYTES) return toBase58(data);
  throw new RpcError(
    -32600,
    `Encoded binary (base 58) data should be less than ${MAX_BASE58_BYTES} bytes, please use Base64 encoding.`,
  );
}
