import type { Address } from "@solana/kit";
import type { Commitment } from "../ledger/commitment.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { TransactionRecord } from "../ledger/transaction-record.ts";

/** What reached a commitment at once: a transaction at `processed`, a block at the others. */
export interface Committed {
  readonly slot: number;
  readonly records: readonly TransactionRecord[];
  readonly changed: Iterable<Address>;
}

/** Calls back for everything that reaches a commitment from now on. Gives the function that stops it. */
export function onCommitted(ledger: Ledger, commitment: Commitment, listener: (event: Committed) => void): () => void {
  if (commitment === "processed") {
    const heard = (record: TransactionRecord, changed: readonly Address[]) =>
      listener({ slot: record.slot, records: [record], changed });
    ledger.events.on("transaction", heard);
    return () => ledger.events.off("transaction", heard);
  }
  type Blocks = readonly {
    readonly slot: number;
    readonly height: number;
    readonly transactions: readonly TransactionRecord[];
  }[];
  const heard = (closed: Blocks[number], finalized: Blocks) => {
    for (const { slot, height, transactions } of commitment === "confirmed" ? [closed] : finalized) {
      if (transactions.length > 0) listener({ slot, records: transactions, changed: ledger.touchedIn(height) });
    }
  };
  ledger.events.on("block", heard);
  return () => ledger.events.off("block", heard);
}
