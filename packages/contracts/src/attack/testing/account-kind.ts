import { type Address, type EncodedAccount, getAddressEncoder, lamports, type MaybeEncodedAccount } from "@solana/kit";
import { TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";

/** An account that is there. */
export type Present = MaybeEncodedAccount & { readonly exists: true };
type Kind = (account: MaybeEncodedAccount) => account is Present;

const ofTokenProgram = (account: MaybeEncodedAccount, length: number): account is Present =>
  account.exists && account.programAddress === TOKEN_PROGRAM_ADDRESS && account.data.length === length;

export const isToken: Kind = (account) => ofTokenProgram(account, 165);
export const isMint: Kind = (account) => ofTokenProgram(account, 82);
/** Neither a wallet nor a program. */
export const hasData: Kind = (account): account is Present =>
  account.exists && account.data.length > 0 && !account.executable;
/** One of our programs' accounts, or the loader's. */
export const isState: Kind = (account): account is Present =>
  hasData(account) && account.programAddress !== TOKEN_PROGRAM_ADDRESS;
/** An account that anybody can have another one like. */
export const isOthers: Kind = (account): account is Present => hasData(account) && !isState(account);

/** Where in a token account its mint, its authority and its state stand; in a mint, whether it is initialised. */
export const TOKEN_OFFSETS = { mint: 0, authority: 32, state: 108 } as const;
export const MINT_INITIALIZED_OFFSET = 45;

/** The account with some of it changed. */
export function altered(
  account: EncodedAccount,
  change: Partial<Pick<EncodedAccount, "address" | "data" | "programAddress">>,
): EncodedAccount {
  const data = change.data ?? account.data;
  return { ...account, ...change, data, space: BigInt(data.length) };
}

export function withByte(data: EncodedAccount["data"], offset: number, byte: number): Uint8Array {
  return new Uint8Array(data).with(offset, byte & 0xff);
}

export function withAddress(data: EncodedAccount["data"], offset: number, address: Address): Uint8Array {
  const copy = new Uint8Array(data);
  copy.set(getAddressEncoder().encode(address), offset);
  return copy;
}

/** What remains of an account that was closed. */
export function closedAccount(address: Address): EncodedAccount {
  return {
    address,
    data: new Uint8Array(0),
    executable: false,
    lamports: lamports(0n),
    programAddress: "11111111111111111111111111111111" as Address,
    space: 0n,
  };
}

/** An account of another program, with data and what it has to have for them. */
export function foreignAccount(address: Address, programAddress: Address): EncodedAccount {
  const data = new Uint8Array(165);
  return { ...closedAccount(address), data, lamports: lamports(10_000_000n), programAddress, space: 165n };
}
