import {
  type AccountMeta,
  type AccountRole,
  type Address,
  type EncodedAccount,
  isSignerRole,
  type MaybeEncodedAccount,
} from "@solana/kit";
import { TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import {
  altered,
  closedAccount,
  foreignAccount,
  hasData,
  isMint,
  isOthers,
  isState,
  isToken,
  MINT_INITIALIZED_OFFSET,
  type Present,
  TOKEN_OFFSETS,
  withAddress,
  withByte,
} from "./account-kind.ts";
import type { Slot } from "./idl.ts";
import type { Rival } from "./scenario.ts";

/** Accounts that have nothing to do with any instruction. */
export interface Bystanders {
  /** A wallet with lamports. */
  readonly wallet: Address;
  /** A program that is none of ours. */
  readonly program: Address;
  /** A mint like the platform's. */
  readonly mint: Address;
  /** Where there is no account. */
  readonly nowhere: Address;
}

/** One account of a valid instruction, and what it could be mistaken for. */
export interface Place {
  readonly slot: Slot;
  readonly account: MaybeEncodedAccount;
  readonly meta: AccountMeta;
  /** The instruction's other accounts. */
  readonly others: readonly { readonly name: string; readonly meta: AccountMeta }[];
  readonly rivals: readonly Rival[];
  /** The program that the instruction is for. */
  readonly called: Address;
  readonly bystanders: Bystanders;
}

/** What takes the account's place in the instruction, and what is put into the chain for it. */
export interface Substitute {
  /** Tells substitutes of the same kind apart. */
  readonly detail?: string | undefined;
  readonly meta: AccountMeta;
  readonly forged?: EncodedAccount | undefined;
}

type Make = (place: Place) => readonly Substitute[];
type Change = (account: Present, bystanders: Bystanders) => Partial<Pick<EncodedAccount, "data" | "programAddress">>;

/** The right address, but another account there. */
const inPlace =
  (applies: (account: MaybeEncodedAccount) => account is Present, change: Change, detail?: string): Make =>
  ({ account, meta, bystanders }) =>
    applies(account) ? [{ detail, meta, forged: altered(account, change(account, bystanders)) }] : [];

/** A copy at another address. */
const elsewhere =
  (applies: (account: MaybeEncodedAccount) => account is Present, change: Change, detail?: string): Make =>
  ({ account, meta, bystanders }) => {
    if (!applies(account)) return [];
    const address = bystanders.nowhere;
    return [
      { detail, meta: { ...meta, address }, forged: altered(account, { ...change(account, bystanders), address }) },
    ];
  };

const all =
  (...makes: readonly Make[]): Make =>
  (place) =>
    makes.flatMap((make) => make(place));

const otherMint: Change = ({ data }, { mint }) => ({ data: withAddress(data, TOKEN_OFFSETS.mint, mint) });

const makes = {
  notSigner: ({ slot, meta }) =>
    slot.isSigner ? [{ meta: { ...meta, role: role({ ...slot, isSigner: false }) } }] : [],
  notWritable: ({ slot, meta }) =>
    slot.isWritable ? [{ meta: { ...meta, role: role({ ...slot, isWritable: false }) } }] : [],
  wrongOwner: inPlace(hasData, (_, { program }) => ({ programAddress: program })),
  wrongDiscriminator: all(
    inPlace(isState, ({ data }) => ({ data: withByte(data, 0, data[0]! ^ 0x40) })),
    inPlace(isToken, ({ data }) => ({ data: withByte(data, TOKEN_OFFSETS.state, 0) })),
    inPlace(isMint, ({ data }) => ({ data: withByte(data, MINT_INITIALIZED_OFFSET, 0) })),
  ),
  wrongVersion: inPlace(isState, ({ data }) => ({ data: withByte(data, 1, data[1]! + 1) })),
  wrongSize: all(
    inPlace(hasData, ({ data }) => ({ data: Uint8Array.from([...data, 0]) }), "longer"),
    inPlace(hasData, ({ data }) => ({ data: data.slice(0, -1) }), "shorter"),
  ),
  zeroed: inPlace(hasData, ({ data }) => ({ data: new Uint8Array(data.length) })),
  closed: ({ account, meta }) => (hasData(account) ? [{ meta, forged: closedAccount(account.address) }] : []),
  lookAlike: elsewhere(hasData, (_, { program }) => ({ programAddress: program })),
  // Of tokens and mints only: an account of our programs is made by one instruction, at one address.
  copy: elsewhere(isOthers, () => ({})),
  // Where there is nothing yet: another empty place, and a place that somebody took before.
  misplaced: ({ slot, account, meta, bystanders }) =>
    isVacant(slot, account) ? [{ meta: { ...meta, address: bystanders.nowhere } }] : [],
  taken: ({ slot, account, meta, bystanders }) =>
    isVacant(slot, account)
      ? [
          { detail: "by another program", meta, forged: foreignAccount(meta.address, bystanders.program) },
          { detail: "by an empty vault", meta, forged: foreignAccount(meta.address, TOKEN_PROGRAM_ADDRESS) },
        ]
      : [],
  rival: ({ rivals, meta }) => rivals.map(({ what, address }) => ({ detail: what, meta: { ...meta, address } })),
  stranger: ({ slot, meta, bystanders }) => (slot.isSigner ? [{ meta: { ...meta, address: bystanders.wallet } }] : []),
  wrongMint: all(
    inPlace(isToken, otherMint, "in place"),
    elsewhere(isToken, otherMint, "elsewhere"),
    ({ account, meta, bystanders }) => (isMint(account) ? [{ meta: { ...meta, address: bystanders.mint } }] : []),
  ),
  wrongAuthority: inPlace(isToken, ({ data }, { wallet }) => ({
    data: withAddress(data, TOKEN_OFFSETS.authority, wallet),
  })),
  wrongProgram: ({ account, meta, bystanders }) =>
    account.exists && account.executable
      ? [
          { detail: "another", meta: { ...meta, address: bystanders.program } },
          { detail: "none", meta: { ...meta, address: bystanders.wallet } },
        ]
      : [],
  // Only a wallet can sign, and a program that is called cannot be written to.
  duplicate: ({ slot, others, called }) =>
    others.map(({ name, meta }) => {
      const isSigner = slot.isSigner && isSignerRole(meta.role);
      const isWritable = slot.isWritable && meta.address !== called;
      return { detail: name, meta: { address: meta.address, role: role({ isSigner, isWritable }) } };
    }),
} as const satisfies Record<string, Make>;

/** Everything that can be wrong with an account, and how to make it so; no substitutes where it does not apply. */
export const SUBSTITUTIONS: Readonly<Record<Substitution, Make>> = makes;
export type Substitution = keyof typeof makes;
export const SUBSTITUTION_NAMES = Object.keys(SUBSTITUTIONS) as Substitution[];

/** Is this the place of an account that the instruction makes? */
function isVacant({ isSigner, isWritable }: Slot, account: MaybeEncodedAccount): boolean {
  return isWritable && !isSigner && !account.exists;
}

function role({ isSigner, isWritable }: Pick<Slot, "isSigner" | "isWritable">): AccountRole {
  return ((isSigner ? 2 : 0) | (isWritable ? 1 : 0)) as AccountRole;
}
