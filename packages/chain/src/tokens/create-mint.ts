import { type Address, generateKeyPairSigner, type KeyPairSigner, type TransactionSigner } from "@solana/kit";
import { getCreateAccountInstruction } from "@solana-program/system";
import { getInitializeMint2Instruction, getMintSize, TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import type { Chain } from "../chain.ts";
import { sendAndConfirm } from "../transactions/send-and-confirm.ts";
import type { TokenAction } from "./token-action.ts";

/** CYXWIZ has 9 decimals: 1 CYXWIZ = 10^9 base units. */
export const TOKEN_DECIMALS = 9;

/** A new token: who pays for it, and who may mint. */
export interface CreateMintOptions extends TokenAction {
  /** Who may mint. Default: the fee payer. */
  readonly mintAuthority?: Address;
  readonly decimals?: number;
  /** The mint's own key; a new one otherwise. */
  readonly mint?: KeyPairSigner;
}

/** Makes a new token. Gives its address. */
export async function createMint(chain: Chain, options: CreateMintOptions): Promise<Address> {
  const { feePayer, decimals = TOKEN_DECIMALS, mint = await generateKeyPairSigner() } = options;
  const space = BigInt(getMintSize());
  const rent = await chain.rpc.getMinimumBalanceForRentExemption(space).send();
  await sendAndConfirm(chain, {
    ...options,
    what: "Create the token",
    instructions: mintInstructions(feePayer, mint, rent, space, options.mintAuthority ?? feePayer.address, decimals),
  });
  return mint.address;
}

function mintInstructions(
  payer: TransactionSigner,
  mint: KeyPairSigner,
  lamports: Parameters<typeof getCreateAccountInstruction>[0]["lamports"],
  space: bigint,
  mintAuthority: Address,
  decimals: number,
) {
  return [
    getCreateAccountInstruction({ payer, newAccount: mint, lamports, space, programAddress: TOKEN_PROGRAM_ADDRESS }),
    getInitializeMint2Instruction({ mint: mint.address, decimals, mintAuthority }),
  ];
}
