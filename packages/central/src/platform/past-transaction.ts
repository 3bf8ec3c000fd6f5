import type { Chain } from "@cyxwiz/chain";
import { type Address, getBase58Encoder, type Signature } from "@solana/kit";

/** An instruction as it was carried out. */
export interface PastInstruction {
  readonly program: Address | undefined;
  readonly accounts: readonly (Address | undefined)[];
  readonly data: Uint8Array;
}

/** A transaction that succeeded. */
export interface PastTransaction {
  /** May have been cut short. */
  readonly logs: readonly string[];
  /** All of them, called directly or by other programs: unlike the log always complete. */
  readonly instructions: readonly PastInstruction[];
  /** What was added to an account of tokens, in base units; below 0: taken. */
  gainOf(account: Address): bigint;
}

interface Compiled {
  readonly programIdIndex: number;
  readonly accounts: readonly number[];
  readonly data: string;
}

/** Reads a transaction; nothing for one that failed, and before it is confirmed. */
export async function pastTransaction(
  { rpc }: Pick<Chain, "rpc">,
  signature: string,
): Promise<PastTransaction | undefined> {
  const found = await rpc
    .getTransaction(signature as Signature, {
      commitment: "confirmed",
      encoding: "json",
      maxSupportedTransactionVersion: 0,
    })
    .send();
  if (!found?.meta || found.meta.err !== null) return undefined;
  const { message } = found.transaction;
  const { innerInstructions, loadedAddresses, preTokenBalances, postTokenBalances } = found.meta;
  const loaded = [...(loadedAddresses?.writable ?? []), ...(loadedAddresses?.readonly ?? [])];
  const keys: readonly Address[] = [...message.accountKeys, ...loaded];
  const inner = (innerInstructions ?? []).flatMap(({ instructions }) => instructions);
  const all = [...message.instructions, ...inner] as unknown as readonly Compiled[];
  const amountIn = (balances: typeof preTokenBalances, account: Address) =>
    BigInt(balances?.find(({ accountIndex }) => keys[accountIndex] === account)?.uiTokenAmount.amount ?? 0n);
  return {
    logs: found.meta.logMessages ?? [],
    instructions: all.map(({ programIdIndex, accounts, data }) => ({
      program: keys[programIdIndex],
      accounts: accounts.map((index) => keys[index]),
      data: new Uint8Array(getBase58Encoder().encode(data)),
    })),
    gainOf: (account) => amountIn(postTokenBalances, account) - amountIn(preTokenBalances, account),
  };
}
