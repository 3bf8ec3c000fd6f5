import { type Chain, findPastTransaction } from "@cyxwiz/chain";
import { CREATE_ESCROW_DISCRIMINATOR, getCreateEscrowInstructionDataDecoder } from "@cyxwiz/contracts";
import type { Address } from "@solana/kit";
import { allInstructions } from "./all-instructions.ts";
import type { EscrowCreation } from "./platform-chain.ts";

/** Place of the escrow among the accounts of `create_escrow`. */
const ESCROW_ACCOUNT = 4;

/** The escrow that a transaction made, called directly or by another program; nothing before it is confirmed. */
export async function createdEscrow(
  { rpc }: Pick<Chain, "rpc">,
  program: Address,
  signature: string,
): Promise<EscrowCreation | undefined> {
  const decoder = getCreateEscrowInstructionDataDecoder();
  for (const instruction of allInstructions(await findPastTransaction(rpc, signature))) {
    const { accounts, data } = instruction;
    if (instruction.program !== program || data[0] !== CREATE_ESCROW_DISCRIMINATOR) continue;
    const escrow = accounts[ESCROW_ACCOUNT];
    if (escrow && data.length === decoder.fixedSize) return { escrow, nonce: decoder.decode(data).nonce };
  }
  return undefined;
}
