import { createHash } from "node:crypto";
import type { Address } from "@solana/kit";
import type { StoredAccount } from "../ledger/account.ts";
import { type Block, sealBlock } from "../ledger/block-chain.ts";
import type { Genesis } from "../ledger/genesis.ts";
import type { TransactionRecord } from "../ledger/transaction-record.ts";
import { accountFromJson, type Entry, transactionFromJson } from "./entry.ts";

/** What a journal says the chain was when its process ended. */
export interface RestoredState {
  readonly genesis: Genesis;
  readonly programs: ReadonlyMap<Address, Uint8Array>;
  readonly accounts: ReadonlyMap<Address, StoredAccount | null>;
  /** Consecutive, oldest first. The block that was open is closed if it had transactions. */
  readonly blocks: readonly Block[];
  readonly transactions: readonly TransactionRecord[];
  readonly clockOffsetMs: number;
}

/** Adds up a journal's entries; `undefined` if it doesn't even have its first. */
export async function restore(entries: AsyncIterable<Entry>): Promise<RestoredState | undefined> {
  let genesis: Genesis | undefined;
  let clockOffsetMs = 0;
  const programs = new Map<Address, Uint8Array>();
  const accounts = new Map<Address, StoredAccount | null>();
  const headers: Omit<Block, "transactions">[] = [];
  const transactions: TransactionRecord[] = [];
  const signatures = new Set<string>();
  const byHeight = new Map<number, TransactionRecord[]>();
  for await (const entry of entries) {
    if (entry.k === "genesis") genesis = entry;
    else if (entry.k === "program") programs.set(entry.address, new Uint8Array(Buffer.from(entry.elf, "base64")));
    else if (entry.k === "clock") clockOffsetMs = entry.offsetMs;
    else if (entry.k === "account") accounts.set(entry.address, accountFromJson(entry.account));
    else if (entry.k === "block") {
      // A compaction may have both written a block and carried it over.
      const { k: _, ...block } = entry;
      if (block.height > (headers.at(-1)?.height ?? -1)) headers.push(block);
    } else {
      const record = transactionFromJson(entry.tx);
      if (!signatures.has(record.wire.signature)) {
        signatures.add(record.wire.signature);
        transactions.push(record);
        const inBlock = byHeight.get(record.height);
        if (inBlock === undefined) byHeight.set(record.height, [record]);
        else inBlock.push(record);
      }
      for (const [address, account] of entry.accounts) accounts.set(address, accountFromJson(account));
    }
  }
  if (genesis === undefined) return undefined;
  const blocks = headers.map((block) => ({ ...block, transactions: byHeight.get(block.height) ?? [] }));
  const last = blocks.at(-1) ?? genesisBlock(genesis);
  if (blocks.length === 0) blocks.push(last);
  const cut = byHeight.get(last.height + 1);
  if (cut !== undefined) {
    const [{ slot, blockTime: unixTimestamp }] = cut as [TransactionRecord];
    const { height, slot: parentSlot, hash: previousHash } = last;
    const open = { height: height + 1, slot, parentSlot, previousHash, unixTimestamp, transactions: cut };
    blocks.push(sealBlock(open) as Block & { transactions: TransactionRecord[] });
  }
  return { genesis, programs, accounts, blocks, transactions, clockOffsetMs };
}

/** The block that every ledger begins with. */
export function genesisBlock(genesis: Genesis): Block & { transactions: TransactionRecord[] } {
  const { hash, unixTimestamp } = genesis;
  return { height: 0, slot: 0, parentSlot: 0, hash, previousHash: hash, unixTimestamp, transactions: [] };
}

/** Whether two programs are the same bytes. */
export function sameProgram(a: Uint8Array | undefined, b: Uint8Array): boolean {
  const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
  return a !== undefined && a.length === b.length && hash(a) === hash(b);
}
