import type { Address, Instruction, TransactionSigner } from "@solana/kit";
import { getTransferCheckedInstruction } from "@solana-program/token";
import { TOKEN_DECIMALS } from "./create-mint.ts";
import { findTokenAccount } from "./token-account.ts";

/** The instruction that moves tokens of a wallet into one certain token account, which has to exist by then. */
export async function depositTokens(options: {
  readonly from: TransactionSigner;
  readonly mint: Address;
  readonly destination: Address;
  /** Base units. */
  readonly amount: bigint;
  readonly decimals?: number;
}): Promise<Instruction> {
  const { from, mint, destination, amount, decimals = TOKEN_DECIMALS } = options;
  const source = await findTokenAccount({ owner: from.address, mint });
  return getTransferCheckedInstruction({ source, mint, destination, authority: from, amount, decimals });
}
