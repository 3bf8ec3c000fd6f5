import { type Address, type GetTransactionApi, getBase58Encoder, type Rpc, type Signature } from "@solana/kit";

/** An instruction as it was carried out. */
export interface PastInstruction {
  readonly program: Address | undefined;
  readonly accounts: readonly (Address | undefined)[];
  readonly data: Uint8Array;
}

/** A token account's balance around one transaction, in base units. */
export interface TokenChange {
  readonly account: string;
  readonly owner: string;
  readonly mint: string;
  readonly before: bigint;
  readonly after: bigint;
}

/** A confirmed transaction, whether it has done anything or failed. */
export interface PastTransaction {
  readonly slot: bigint;
  /** Unix seconds; `undefined` where the RPC server does not know. */
  readonly atSeconds: bigint | undefined;
  readonly succeeded: boolean;
  /** May have been cut short. */
  readonly logs: readonly string[];
  /** All that it named. */
  readonly accounts: readonly Address[];
  /** The instructions that it consists of. */
  instructions(): PastInstruction[];
  /** Those that programs called: with the others all there were, for unlike the log they are always complete. */
  innerInstructions(): PastInstruction[];
  /** What it did to the token accounts that it named. */
  tokenChanges(): TokenChange[];
}

interface Compiled {
  readonly programIdIndex: number;
  readonly accounts: readonly number[];
  readonly data: string;
}

/** Reads a transaction; `undefined` where there is none, or it is not confirmed yet. */
export async function findPastTransaction(
  rpc: Rpc<GetTransactionApi>,
  signature: string,
  signal?: AbortSignal,
): Promise<PastTransaction | undefined> {
  const found = await rpc
    .getTransaction(signature as Signature, {
      commitment: "confirmed",
      encoding: "json",
      maxSupportedTransactionVersion: 0,
    })
    .send(signal ? { abortSignal: signal } : {});
  if (!found) return undefined;
  const { meta, slot, blockTime, transaction } = found;
  const { writable = [], readonly = [] } = meta?.loadedAddresses ?? {};
  const accounts: readonly Address[] = [...transaction.message.accountKeys, ...writable, ...readonly];
  const resolve = ({ programIdIndex, accounts: indices, data }: Compiled): PastInstruction => ({
    program: accounts[programIdIndex],
    accounts: indices.map((index) => accounts[index]),
    data: new Uint8Array(getBase58Encoder().encode(data)),
  });
  return {
    slot,
    atSeconds: blockTime ?? undefined,
    succeeded: meta?.err === null,
    logs: meta?.logMessages ?? [],
    accounts,
    instructions: () => (transaction.message.instructions as readonly Compiled[]).map(resolve),
    innerInstructions: () => {
      const inner = (meta?.innerInstructions ?? []).flatMap(({ instructions }) => instructions);
      return (inner as unknown as readonly Compiled[]).map(resolve);
    },
    tokenChanges() {
      const changes = new Map<number, TokenChange>();
      for (const [side, balances] of [
        ["before", meta?.preTokenBalances ?? []],
        ["after", meta?.postTokenBalances ?? []],
      ] as const) {
        for (const { accountIndex, owner = "", mint, uiTokenAmount } of balances) {
          const account = accounts[accountIndex] ?? "";
          const change = changes.get(accountIndex) ?? { account, owner, mint, before: 0n, after: 0n };
          changes.set(accountIndex, { ...change, [side]: BigInt(uiTokenAmount.amount) });
        }
      }
      return [...changes.values()];
    },
  };
}
