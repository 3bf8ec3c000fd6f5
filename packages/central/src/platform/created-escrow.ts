import type { Chain } from "@cyxwiz/chain";
import { CREATE_ESCROW_DISCRIMINATOR, getCreateEscrowInstructionDataDecoder } from "@cyxwiz/contracts";
import { type Address, getBase58Encoder, type Signature } from "@solana/kit";
import type { EscrowCreation } from "./platform-chain.ts";

/** Place of the escrow among the accounts of `create_escrow`. */
const ESCROW_ACCOUNT = 4;

interface CompiledInstruction {
  readonly programIdIndex: number;
  readonly accounts: readonly number[];
  readonly data: string;
}

/** The escrow that a transaction made, called directly or by another program; nothing before it is confirmed. */
export async function createdEscrow(
  { rpc }: Pick<Chain, "rpc">,
  program: Address,
  signature: string,
): Promise<EscrowCreation | undefined> {
  const found = await rpc
    .getTransaction(signature as Signature, {
      commitment: "confirmed",
      encoding: "json",
      maxSupportedTransactionVersion: 0,
    })
    .send();
  if (!found?.meta || found.meta.err !== null) return undefined;
  const { message } = found.transaction;
  const loaded = found.meta.loadedAddresses;
  const keys: readonly Address[] = [...message.accountKeys, ...(loaded?.writable ?? []), ...(loaded?.readonly ?? [])];
  const inner = (found.meta.innerInstructions ?? []).flatMap(({ instructions }) => instructions);
  const all = [...message.instructions, ...inner] as unknown as readonly CompiledInstruction[];
  for (const { programIdIndex, accounts, data } of all) {
    if (keys[programIdIndex] !== program) continue;
    const bytes = new Uint8Array(getBase58Encoder().encode(data));
    const decoder = getCreateEscrowInstructionDataDecoder();
    if (bytes[0] !== CREATE_ESCROW_DISCRIMINATOR || bytes.length !== decoder.fixedSize) continue;
    const escrow = keys[accounts[ESCROW_ACCOUNT] ?? -1];
    if (escrow) return { escrow, nonce: decoder.decode(bytes).nonce };
  }
  return undefined;
}
