import type { Address, Signature, TransactionSigner } from "@solana/kit";
import {
  getCreateAssociatedTokenIdempotentInstructionAsync,
  getMintToCheckedInstruction,
  getTransferCheckedInstruction,
} from "@solana-program/token";
import type { Chain } from "../chain.ts";
import { sendAndConfirm } from "../transactions/send-and-confirm.ts";
import { TOKEN_DECIMALS } from "./create-mint.ts";
import { requireTokens } from "./require-tokens.ts";
import { findTokenAccount } from "./token-account.ts";
import type { TokenAction } from "./token-action.ts";

interface Movement extends TokenAction {
  readonly mint: Address;
  /** The wallet to receive; its token account is made if it isn't there. */
  readonly to: Address;
  /** In base units. */
  readonly amount: bigint;
  readonly decimals?: number;
}

/** Mints new tokens to a wallet. */
export async function mintTokens(
  chain: Chain,
  options: Movement & { readonly mintAuthority: TransactionSigner },
): Promise<Signature> {
  const { feePayer, mint, to, amount, mintAuthority, decimals = TOKEN_DECIMALS } = options;
  const token = await findTokenAccount({ owner: to, mint });
  return sendAndConfirm(chain, {
    ...options,
    what: "Mint tokens",
    instructions: [
      await getCreateAssociatedTokenIdempotentInstructionAsync({ payer: feePayer, owner: to, mint }),
      getMintToCheckedInstruction({ mint, token, mintAuthority, amount, decimals }),
    ],
  });
}

/** Moves tokens from one wallet to another. Throws INSUFFICIENT_TOKENS before anything is sent. */
export async function transferTokens(
  chain: Chain,
  options: Movement & { readonly from: TransactionSigner },
): Promise<Signature> {
  const { feePayer, mint, from, to, amount, signal, decimals = TOKEN_DECIMALS } = options;
  const source = await requireTokens(chain, { owner: from.address, mint, amount, signal });
  const destination = await findTokenAccount({ owner: to, mint });
  return sendAndConfirm(chain, {
    ...options,
    what: "Transfer tokens",
    instructions: [
      await getCreateAssociatedTokenIdempotentInstructionAsync({ payer: feePayer, owner: to, mint }),
      getTransferCheckedInstruction({ source, mint, destination, authority: from, amount, decimals }),
    ],
  });
}
