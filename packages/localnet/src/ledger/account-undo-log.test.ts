import type { Address } from "@solana/kit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type StoredAccount, SYSTEM_PROGRAM } from "./account.ts";
import { AccountUndoLog } from "./account-undo-log.ts";

const account = (lamports: number): StoredAccount | null =>
  lamports === 0
    ? null
    : { lamports: BigInt(lamports), owner: SYSTEM_PROGRAM, data: new Uint8Array(), executable: false };

test("reads of the past agree with copies of the whole state at each block", () => {
  const change = fc.record({ key: fc.constantFrom("a", "b", "c"), lamports: fc.nat({ max: 5 }) });
  fc.assert(
    fc.property(fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 12 }), fc.nat({ max: 6 }), (blocks, keep) => {
      const log = new AccountUndoLog();
      const state = new Map<string, StoredAccount | null>();
      const copies: Map<string, StoredAccount | null>[] = [];
      for (const [height, changes] of blocks.entries()) {
        for (const { key, lamports } of changes) {
          log.record(height, key as Address, state.get(key) ?? null);
          state.set(key, account(lamports));
        }
        copies.push(new Map(state));
        if (height - keep >= 0) log.forget(height - keep);
        for (let past = Math.max(0, height - keep); past <= height; past += 1) {
          for (const key of ["a", "b", "c"]) {
            const older = log.at(key as Address, past);
            expect(older === undefined ? (state.get(key) ?? null) : older).toEqual(copies[past]!.get(key) ?? null);
          }
        }
      }
    }),
    { seed: 11 },
  );
});
