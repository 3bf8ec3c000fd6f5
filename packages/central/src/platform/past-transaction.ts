import type { Chain } from "@cyxwiz/chain";
import { type Address, getBase58Encoder, type Signature } from "@solana/kit";

/** An instruction as it was carried out. */
export interface PastInstruction {
  readonly program: Address | undefined;
  readonly accounts: readonly (Address | undefined)[];
  readonly data: Uint8Array;
}

interface Compiled {
  readonly programIdIndex: number;
  readonly accounts: readonly number[];
  readonly data: string;
}

/**
 * All instructions of a transaction that succeeded, called directly or by other programs; nothing before it is confirmed.
 * Unlike its log they are always complete.
 */
export async function instructionsOf({ rpc }: Pick<Chain, "rpc">, signature: string): Promise<PastInstruction[]> {
  const found = await rpc
    .getTransaction(signature as Signature, {
      commitment: "confirmed",
      encoding: "json",
      maxSupportedTransactionVersion: 0,
    })
    .send();
  if (!found?.meta || found.meta.err !== null) return [];
  const { message } = found.transaction;
  const loaded = found.meta.loadedAddresses;
  const keys: readonly Address[] = [...message.accountKeys, ...(loaded?.writable ?? []), ...(loaded?.readonly ?? [])];
  const inner = (found.meta.innerInstructions ?? []).flatMap(({ instructions }) => instructions);
  const all = [...message.instructions, ...inner] as unknown as readonly Compiled[];
  return all.map(({ programIdIndex, accounts, data }) => ({
    program: keys[programIdIndex],
    accounts: accounts.map((index) => keys[index]),
    data: new Uint8Array(getBase58Encoder().encode(data)),
  }));
}
