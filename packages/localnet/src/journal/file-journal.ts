import { closeSync, fdatasync, fstatSync, openSync, writeSync } from "node:fs";
import type { Address } from "@solana/kit";
import type { StoredAccount } from "../ledger/account.ts";
import type { Block } from "../ledger/block-chain.ts";
import type { TransactionRecord } from "../ledger/transaction-record.ts";
import { compactJournal } from "./compact-journal.ts";
import { accountToJson, type Entry, transactionToJson } from "./entry.ts";
import type { Journal } from "./journal.ts";
import { encodeLine } from "./line.ts";

/** The journal grows to at least this before it is compacted. */
const COMPACT_BYTES = 32 << 20;

/**
 * An append-only file of what happened.
 *
 * An entry is handed to the operating system before the reply that depends on it goes out, so `kill -9` loses nothing.
 * The disk is flushed when a block with transactions closes, in the background: a power cut may lose the last block or
 * two, never the order of things. A file that has doubled since it was last compacted is written anew from the state.
 */
export class FileJournal implements Journal {
  readonly #path: string;
  readonly #snapshot: () => Iterable<Entry>;
  #file: number;
  #bytes: number;
  #compactAt: number;
  #dirty = false;
  #failure: Error | undefined;
  /** Lines written while a compaction runs; they belong into the new file too. */
  #tail: string[] | undefined;
  #compaction: Promise<void> = Promise.resolve();

  /**
   * `snapshot` gives entries that rebuild the present state. A compaction reads it lazily: what changes meanwhile is
   * written again after it, so it doesn't matter whether an entry shows the state before or after. A new file starts
   * with one.
   */
  constructor(path: string, snapshot: () => Iterable<Entry>, compactBytes = COMPACT_BYTES) {
    this.#path = path;
    this.#snapshot = snapshot;
    this.#file = openSync(path, "a", 0o600);
    this.#bytes = fstatSync(this.#file).size;
    if (this.#bytes === 0) for (const entry of snapshot()) this.append(entry);
    this.#compactAt = Math.max(compactBytes, this.#bytes * 2);
  }

  append(entry: Entry): void {
    if (this.#failure !== undefined) throw this.#failure;
    const line = encodeLine(entry);
    try {
      appendWhole(this.#file, Buffer.from(line));
    } catch (error) {
      // Part of the line may be there. Only at the end is that harmless, so nothing may follow it.
      this.#failure = error as Error;
      throw error;
    }
    this.#bytes += Buffer.byteLength(line);
    this.#tail?.push(line);
  }

  transaction(record: TransactionRecord, accounts: readonly (readonly [Address, StoredAccount | null])[]): void {
    const after = accounts.map(([address, account]) => [address, accountToJson(account)] as const);
    this.append({ k: "tx", tx: transactionToJson(record), accounts: after });
    this.#dirty = true;
  }

  block({ transactions: _, ...block }: Block): void {
    this.append({ k: "block", ...block });
    // Nothing waits for the flush, and one that fails shows again at the next write.
    if (this.#dirty) fdatasync(this.#file, () => {});
    this.#dirty = false;
    if (this.#bytes > this.#compactAt && this.#tail === undefined) this.#compaction = this.#compact();
  }

  clockOffset(offsetMs: number): void {
    this.append({ k: "clock", offsetMs });
  }

  program(address: Address, elf: Uint8Array): void {
    this.append({ k: "program", address, elf: Buffer.from(elf).toString("base64") });
  }

  async close(): Promise<void> {
    await this.#compaction;
    closeSync(this.#file);
  }

  async #compact(): Promise<void> {
    const tail: string[] = [];
    this.#tail = tail;
    try {
      const fresh = await compactJournal(this.#path, this.#snapshot(), tail);
      closeSync(this.#file);
      this.#file = fresh;
      this.#bytes = fstatSync(fresh).size;
    } catch {
      // The old file is whole and stays in use (the disk may be full); try again when it has doubled.
    } finally {
      this.#compactAt = Math.max(this.#compactAt, this.#bytes * 2);
      this.#tail = undefined;
    }
  }
}

/** A full disk may take a part of what it is given without complaint. */
function appendWhole(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}
