import { CyxwizError } from "@cyxwiz/errors";
import { type Address, fetchEncodedAccount, unwrapOption } from "@solana/kit";
import {
  decodeToken,
  fetchMaybeToken,
  findAssociatedTokenPda,
  getCreateAssociatedTokenIdempotentInstructionAsync,
  getTokenSize,
  TOKEN_PROGRAM_ADDRESS,
} from "@solana-program/token";
import type { Chain } from "../chain.ts";
import { sendAndConfirm } from "../transactions/send-and-confirm.ts";
import type { TokenAction } from "./token-action.ts";

/** Whose tokens of which kind. */
export interface Holding {
  readonly owner: Address;
  readonly mint: Address;
}

/** Where an owner's tokens of a mint are: the associated token account. It may not exist yet. */
export async function findTokenAccount({ owner, mint }: Holding): Promise<Address> {
  const [address] = await findAssociatedTokenPda({ owner, mint, tokenProgram: TOKEN_PROGRAM_ADDRESS });
  return address;
}

/** Makes the owner's token account if it isn't there. Gives its address. */
export async function createTokenAccount(chain: Chain, options: TokenAction & Holding): Promise<Address> {
  const { feePayer, owner, mint } = options;
  const address = await findTokenAccount(options);
  const { exists } = await fetchMaybeToken(chain.rpc, address, readOptions(options.signal));
  if (!exists) {
    const create = await getCreateAssociatedTokenIdempotentInstructionAsync({ payer: feePayer, owner, mint });
    await sendAndConfirm(chain, { ...options, what: "Create the token account", instructions: [create] });
  }
  return address;
}

/** Base units that an owner has; 0 if there is no account. */
export async function tokenBalance(
  chain: Chain,
  holding: Holding & { readonly signal?: AbortSignal },
): Promise<bigint> {
  return tokenAccountBalance(chain, await findTokenAccount(holding), holding.signal);
}

/** Base units in a token account; 0 if it doesn't exist. */
export async function tokenAccountBalance(chain: Chain, account: Address, signal?: AbortSignal): Promise<bigint> {
  const found = await fetchMaybeToken(chain.rpc, account, readOptions(signal));
  return found.exists ? found.data.amount : 0n;
}

/** Whether an address is a token account, and of this mint. */
export async function isTokenAccount(
  chain: Chain,
  of: { readonly account: Address; readonly mint: Address; readonly signal?: AbortSignal },
): Promise<boolean> {
  const found = await fetchEncodedAccount(chain.rpc, of.account, readOptions(of.signal));
  const isToken =
    found.exists && found.programAddress === TOKEN_PROGRAM_ADDRESS && found.data.length === getTokenSize();
  return isToken && decodeToken(found).data.mint === of.mint;
}

/** The wallet whose a token account is. Throws CONFIG_INVALID for an address that is none. */
export async function tokenAccountOwner(chain: Chain, account: Address, signal?: AbortSignal): Promise<Address> {
  return (await tokenAllowance(chain, account, signal)).owner;
}

/** Who may spend how much of a token account beside its owner. */
export interface TokenAllowance {
  readonly owner: Address;
  /** `undefined`: nobody. */
  readonly delegate: Address | undefined;
  /** What is allowed, in base units; there may be less in the account. */
  readonly allowed: bigint;
  /** What is in the account. */
  readonly balance: bigint;
}

/** What the owner of a token account has allowed. Throws CONFIG_INVALID for an address that is none. */
export async function tokenAllowance(chain: Chain, account: Address, signal?: AbortSignal): Promise<TokenAllowance> {
  const found = await fetchMaybeToken(chain.rpc, account, readOptions(signal));
  if (!found.exists) throw new CyxwizError("CONFIG_INVALID", { source: account, problem: "it is no token account" });
  const { owner, delegate, delegatedAmount, amount } = found.data;
  return { owner, delegate: unwrapOption(delegate) ?? undefined, allowed: delegatedAmount, balance: amount };
}

/** Lamports that an address has. */
export async function lamportBalance(chain: Chain, address: Address, signal?: AbortSignal): Promise<bigint> {
  const request = chain.rpc.getBalance(address, { commitment: "confirmed" });
  return (await request.send(signal ? { abortSignal: signal } : {})).value;
}

function readOptions(signal?: AbortSignal) {
  return { commitment: "confirmed", ...(signal && { abortSignal: signal }) } as const;
}
