import type { Address } from "@solana/kit";

/** An account's state. Never mutated: a change makes a new object, so that older versions can be kept for free. */
export interface StoredAccount {
  readonly lamports: bigint;
  readonly owner: Address;
  readonly data: Uint8Array;
  readonly executable: boolean;
}

export const SYSTEM_PROGRAM = "11111111111111111111111111111111" as Address;

/** True when both are absent, or when every field is the same. */
export function sameAccount(a: StoredAccount | null, b: StoredAccount | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.lamports === b.lamports &&
    a.owner === b.owner &&
    a.executable === b.executable &&
    Buffer.compare(a.data, b.data) === 0
  );
}
