import { completionShares } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import type { TokenChange } from "./token-changes.ts";

/** The accounts that a job's two transactions, deposit and payment, move tokens between. */
export interface Moves {
  readonly deposit: TokenChange;
  readonly node: TokenChange;
  readonly fee: TokenChange;
  readonly back: TokenChange;
  readonly vault: TokenChange;
}

/**
 * Whether everybody got what they should, to the base unit. Anybody can send tokens to a vault; what was there beyond
 * the amount goes to the payer.
 *
 * @throws CyxwizError `RECEIPT_MISMATCH` naming what differs.
 */
export function checkMoves({ deposit, node, fee, back, vault }: Moves, amount: bigint, feeBps: number): void {
  const shares = completionShares(amount, feeBps);
  expectSame("the payer's deposit", -amount, deposit.after - deposit.before);
  expectSame("the node's pay", shares.node, node.after - node.before);
  expectSame("the platform's fee", shares.treasury, fee.after - fee.before);
  const beyond = vault.before - amount;
  expectSame("the payer's rest", shares.payer + (beyond > 0n ? beyond : 0n), back.after - back.before);
  expectSame("what is left in the vault", 0n, vault.after);
}

/** Throws RECEIPT_MISMATCH unless both are the same. */
export function expectSame<T extends string | bigint | number>(what: string, expected: T, actual: T): void {
  if (expected === actual) return;
  throw new CyxwizError("RECEIPT_MISMATCH", { what, expected: String(expected), actual: String(actual) });
}
