import type { Address } from "@solana/kit";
import type { StoredAccount } from "../ledger/account.ts";
import type { Block } from "../ledger/block-chain.ts";
import type { TransactionRecord } from "../ledger/transaction-record.ts";

/** Where a ledger writes what happens, before anyone hears of it. */
export interface Journal {
  /** A transaction went into the open block and left these accounts behind (`null`: gone). */
  transaction(record: TransactionRecord, accounts: readonly (readonly [Address, StoredAccount | null])[]): void;
  block(block: Block): void;
  clockOffset(offsetMs: number): void;
  program(address: Address, elf: Uint8Array): void;
  close(): Promise<void>;
}

/** For a ledger that lives no longer than its process. */
export const noJournal: Journal = {
  transaction() {},
  block() {},
  clockOffset() {},
  program() {},
  async close() {},
};
