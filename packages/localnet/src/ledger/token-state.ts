import { type Address, getAddressDecoder } from "@solana/kit";
import type { StoredAccount } from "./account.ts";

export const TOKEN_PROGRAMS: Readonly<Record<string, string>> = {
  TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA: "spl-token",
  TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb: "spl-token-2022",
};

const ACCOUNT_BYTES = 165;
const MINT_BYTES = 82;
// Token-2022 pads a mint to an account's size and then says which of the two it is.
const KIND_OFFSET = 165;

export interface TokenAccountState {
  readonly mint: Address;
  readonly owner: Address;
  readonly amount: bigint;
  readonly delegate: Address | null;
  readonly state: "initialized" | "frozen";
  readonly nativeReserve: bigint | null;
  readonly delegatedAmount: bigint;
  readonly closeAuthority: Address | null;
}

export interface MintState {
  readonly mintAuthority: Address | null;
  readonly supply: bigint;
  readonly decimals: number;
  readonly isInitialized: boolean;
  readonly freezeAuthority: Address | null;
}

/** Reads a token account of either token program; `null` if this is none. */
export function tokenAccountState(account: StoredAccount | null): TokenAccountState | null {
  if (account === null || !(account.owner in TOKEN_PROGRAMS) || !isKind(account.data, ACCOUNT_BYTES, 2)) return null;
  const { address, optionalAddress, view } = reader(account.data);
  const state = account.data[108];
  if (state !== 1 && state !== 2) return null;
  return {
    mint: address(0),
    owner: address(32),
    amount: view.getBigUint64(64, true),
    delegate: optionalAddress(72),
    state: state === 2 ? "frozen" : "initialized",
    nativeReserve: view.getUint32(109, true) === 1 ? view.getBigUint64(113, true) : null,
    delegatedAmount: view.getBigUint64(121, true),
    closeAuthority: optionalAddress(129),
  };
}

/** Reads a mint of either token program; `null` if this is none. */
export function mintState(account: StoredAccount | null): MintState | null {
  if (account === null || !(account.owner in TOKEN_PROGRAMS) || !isKind(account.data, MINT_BYTES, 1)) return null;
  const { optionalAddress, view } = reader(account.data);
  if (account.data[45] !== 1) return null;
  return {
    mintAuthority: optionalAddress(0),
    supply: view.getBigUint64(36, true),
    decimals: account.data[44] ?? 0,
    isInitialized: true,
    freezeAuthority: optionalAddress(46),
  };
}

function isKind(data: Uint8Array, bytes: number, kind: number): boolean {
  return data.length === bytes || (data.length > KIND_OFFSET && data[KIND_OFFSET] === kind);
}

function reader(data: Uint8Array) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const address = (offset: number): Address => getAddressDecoder().decode(data, offset);
  const optionalAddress = (offset: number) => (view.getUint32(offset, true) === 1 ? address(offset + 4) : null);
  return { view, address, optionalAddress };
}
