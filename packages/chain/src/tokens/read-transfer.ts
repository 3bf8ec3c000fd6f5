import type { Address } from "@solana/kit";
import {
  getTransferCheckedInstructionDataDecoder,
  TOKEN_PROGRAM_ADDRESS,
  TRANSFER_CHECKED_DISCRIMINATOR,
} from "@solana-program/token";
import type { PastInstruction } from "../transactions/past-transaction.ts";

/** Tokens that went from one account to another. */
export interface TokenTransfer {
  readonly source: Address;
  readonly destination: Address;
  /** Who had it done: the source's owner, or whom that has allowed to. */
  readonly authority: Address;
  /** In base units. */
  readonly amount: bigint;
}

/** What an instruction moved, if it is a checked transfer of the token program, as all of ours are. */
export function readTransfer({ program, accounts, data }: PastInstruction): TokenTransfer | undefined {
  const decoder = getTransferCheckedInstructionDataDecoder();
  if (program !== TOKEN_PROGRAM_ADDRESS || data[0] !== TRANSFER_CHECKED_DISCRIMINATOR) return undefined;
  const [source, , destination, authority] = accounts;
  if (!source || !destination || !authority || data.length !== decoder.fixedSize) return undefined;
  return { source, destination, authority, amount: decoder.decode(data).amount };
}
