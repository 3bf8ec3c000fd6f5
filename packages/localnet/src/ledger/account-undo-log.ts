import type { Address } from "@solana/kit";
import type { StoredAccount } from "./account.ts";

interface Entry {
  readonly height: number;
  readonly before: StoredAccount | null;
}

/**
 * What accounts were before blocks that aren't final yet. The runtime holds only the newest state; reading at an older
 * commitment means undoing what later blocks did.
 */
export class AccountUndoLog {
  readonly #entries = new Map<Address, Entry[]>();
  readonly #touched = new Map<number, Set<Address>>();

  /** Notes an account's state before its first change in a block. */
  record(height: number, address: Address, before: StoredAccount | null): void {
    let touched = this.#touched.get(height);
    if (touched === undefined) {
      touched = new Set();
      this.#touched.set(height, touched);
    }
    if (touched.has(address)) return;
    touched.add(address);
    const entries = this.#entries.get(address);
    if (entries === undefined) this.#entries.set(address, [{ height, before }]);
    else entries.push({ height, before });
  }

  /** The account at the end of a block, or `undefined` if it hasn't changed since. */
  at(address: Address, height: number): StoredAccount | null | undefined {
    return this.#entries.get(address)?.find((entry) => entry.height > height)?.before;
  }

  /** Accounts that a block changed. Known until the block is forgotten. */
  touchedIn(height: number): Iterable<Address> {
    return this.#touched.get(height) ?? [];
  }

  /** Every account changed in a block that isn't forgotten. */
  addresses(): Iterable<Address> {
    return this.#entries.keys();
  }

  /** Drops one block, oldest first, once nobody may ask for the state before it. */
  forget(height: number): void {
    for (const address of this.#touched.get(height) ?? []) {
      const rest = (this.#entries.get(address) ?? []).filter((entry) => entry.height > height);
      if (rest.length === 0) this.#entries.delete(address);
      else this.#entries.set(address, rest);
    }
    this.#touched.delete(height);
  }
}
