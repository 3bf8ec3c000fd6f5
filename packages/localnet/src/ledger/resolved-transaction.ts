import { type Address, getAddressDecoder } from "@solana/kit";
import type { StoredAccount } from "./account.ts";
import type { AddressTableLookup, WireTransaction } from "./wire-transaction.ts";

/** A transaction whose looked-up addresses are known. */
export interface ResolvedTransaction {
  readonly wire: WireTransaction;
  readonly loaded: { readonly writable: readonly Address[]; readonly readonly: readonly Address[] };
  /** Static keys, then loaded writable, then loaded read-only: the order that all indexes use. */
  readonly accountKeys: readonly Address[];
}

const TABLE_HEADER_BYTES = 56;

/** Fills in the addresses from lookup tables; an index that a table lacks is left out (the runtime then refuses). */
export function resolveTransaction(
  wire: WireTransaction,
  account: (address: Address) => StoredAccount | null,
): ResolvedTransaction {
  const pick = (indexes: (lookup: AddressTableLookup) => readonly number[]): Address[] =>
    wire.lookups.flatMap((lookup) => {
      const table = account(lookup.accountKey)?.data ?? new Uint8Array();
      return indexes(lookup).flatMap((index) => {
        const start = TABLE_HEADER_BYTES + 32 * index;
        return start + 32 <= table.length ? [getAddressDecoder().decode(table, start)] : [];
      });
    });
  const writable = pick((lookup) => lookup.writableIndexes);
  const readonly = pick((lookup) => lookup.readonlyIndexes);
  return { wire, loaded: { writable, readonly }, accountKeys: [...wire.staticKeys, ...writable, ...readonly] };
}

/** Whether the message asks for write access to the account at this index. */
export function isWritable({ wire, loaded }: Pick<ResolvedTransaction, "wire" | "loaded">, index: number): boolean {
  const statics = wire.staticKeys.length;
  if (index >= statics) return index < statics + loaded.writable.length;
  if (index < wire.numSigners) return index < wire.numSigners - wire.numReadonlySigners;
  return index < statics - wire.numReadonlyNonSigners;
}
