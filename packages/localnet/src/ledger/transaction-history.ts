import type { Address } from "@solana/kit";
import { BLOCKHASH_LIFE_BLOCKS } from "./commitment.ts";
import { accountKeysOf, type TransactionRecord } from "./transaction-record.ts";

/** Transactions by signature and by account; the oldest go when there are more than `limit`. */
export class TransactionHistory {
  readonly #bySignature = new Map<string, TransactionRecord>();
  readonly #byAddress = new Map<Address, TransactionRecord[]>();
  readonly #limit: number;
  /** All transactions ever, also those no longer kept. */
  count = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(record: TransactionRecord): void {
    this.count += 1;
    this.#bySignature.set(record.wire.signature, record);
    for (const address of new Set(accountKeysOf(record))) {
      const records = this.#byAddress.get(address);
      if (records === undefined) this.#byAddress.set(address, [record]);
      else records.push(record);
    }
    // One whose blockhash still lives must stay: it is what tells a resent transaction from a new one.
    const dead = record.height - BLOCKHASH_LIFE_BLOCKS;
    while (this.#bySignature.size > this.#limit && this.#dropOldestBefore(dead)) {}
  }

  get(signature: string): TransactionRecord | undefined {
    return this.#bySignature.get(signature);
  }

  /** Oldest first. */
  of(address: Address): readonly TransactionRecord[] {
    return this.#byAddress.get(address) ?? [];
  }

  /** Oldest first. */
  all(): Iterable<TransactionRecord> {
    return this.#bySignature.values();
  }

  #dropOldestBefore(height: number): boolean {
    // A Map keeps insertion order, so the first is the oldest, and it is also the first of each of its accounts.
    const [oldest] = this.#bySignature.values();
    if (oldest === undefined || oldest.height >= height) return false;
    this.#bySignature.delete(oldest.wire.signature);
    for (const address of new Set(accountKeysOf(oldest))) {
      const records = this.#byAddress.get(address);
      if (records?.[0] === oldest) records.shift();
      if (records?.length === 0) this.#byAddress.delete(address);
    }
    return true;
  }
}
