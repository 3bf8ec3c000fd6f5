import type { Address, Instruction, TransactionSigner } from "@solana/kit";
import { getCreateAccountInstruction } from "@solana-program/system";
import {
  getCreateAssociatedTokenIdempotentInstructionAsync,
  getInitializeMint2Instruction,
  getMintSize,
  getMintToInstruction,
  TOKEN_PROGRAM_ADDRESS,
} from "@solana-program/token";

/** Decimals of CYXWIZ. */
export const DECIMALS = 9;

/** Creates the mint. It has no freeze authority: the programs refuse one that could lock an escrow. */
export function createMintInstructions(options: {
  payer: TransactionSigner;
  mint: TransactionSigner;
  mintAuthority: Address;
  rentLamports: bigint;
}): Instruction[] {
  const { payer, mint } = options;
  return [
    getCreateAccountInstruction({
      payer,
      newAccount: mint,
      lamports: options.rentLamports,
      space: getMintSize(),
      programAddress: TOKEN_PROGRAM_ADDRESS,
    }),
    getInitializeMint2Instruction({
      mint: mint.address,
      decimals: DECIMALS,
      mintAuthority: options.mintAuthority,
      freezeAuthority: null,
    }),
  ];
}

/** Creates an owner's token account where there is none. */
export function createTokenAccountInstruction(options: {
  payer: TransactionSigner;
  mint: Address;
  owner: Address;
}): Promise<Instruction> {
  return getCreateAssociatedTokenIdempotentInstructionAsync(options);
}

/** New tokens, in base units. */
export function mintToInstruction(options: {
  mint: Address;
  mintAuthority: TransactionSigner;
  tokenAccount: Address;
  amount: bigint;
}): Instruction {
  return getMintToInstruction({
    mint: options.mint,
    token: options.tokenAccount,
    mintAuthority: options.mintAuthority,
    amount: options.amount,
  });
}
