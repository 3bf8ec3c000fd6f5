import type { Instruction } from "@solana/kit";
import type { Escrow } from "../../generated/job-escrow/index.ts";
import type { World } from "../../testing/world.ts";
import { run } from "./verdict.ts";

/** Tokens of everybody that an escrow can pay, and what is left in its vault. */
export interface Balances {
  readonly payer: bigint;
  readonly node: bigint;
  readonly treasury: bigint;
  readonly vault: bigint;
}

/**
 * What becomes of `amount` and `deposit` in the vault, if everybody else has nothing and the escrow had these fields.
 * The amounts are put there behind the programs' backs: nobody could mint so many.
 */
export function payOut(
  world: World,
  instruction: Instruction,
  fields: Partial<Escrow> & { readonly amount: bigint },
): Balances {
  const { chain, payerToken, nodeToken, treasury, vault } = world;
  const escrow = chain.svm.getAccount(world.escrow);
  world.forge(fields);
  const held = fields.amount + (fields.deposit ?? 0n);
  for (const account of [vault, payerToken, nodeToken, treasury]) {
    chain.overwrite(account, (data) => withAmount(data, account === vault ? held : 0n));
  }
  const verdict = run(chain, world.admin.address, instruction);
  if (verdict !== "ok") throw new Error(`${fields.amount}: ${verdict}`);
  const paid = world.balances();
  if (escrow.exists) chain.svm.setAccount(escrow);
  return paid;
}

/** A token account's data with another amount; this is done so often that decoding them would take most of the time. */
export function withAmount(data: Uint8Array, amount: bigint): Uint8Array {
  new DataView(data.buffer, data.byteOffset).setBigUint64(64, amount, true);
  return data;
}

/** Amounts at which rounding and 64 bits show. */
export const AMOUNTS: readonly bigint[] = [
  ...[0n, 1n, 2n, 3n, 11n, 101n, 9_999n, 10_001n, 12_345_678_901n],
  ...[2n ** 63n, 2n ** 64n - 10_001n, 2n ** 64n - 2n, 2n ** 64n - 1n],
];

/** So many ten-thousandths of an amount, rounded down. */
export function bps(amount: bigint, points: number): bigint {
  return (amount * BigInt(points)) / 10_000n;
}
