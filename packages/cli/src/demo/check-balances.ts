import { completionShares } from "@cyxwiz/contracts";
import type { Balances } from "./balances.ts";

/** A balance that is not what it must be. */
export interface Discrepancy {
  readonly what: string;
  readonly expected: bigint;
  readonly actual: bigint;
}

/**
 * Compares every balance with what a completed job of this price must leave.
 *
 * @param isWhole whether these holders hold all tokens there are, as on a chain that nobody else uses.
 */
export function checkBalances(
  before: Balances,
  after: Balances,
  job: { amount: bigint; feeBps: number; isWhole: boolean },
): Discrepancy[] {
  const shares = completionShares(job.amount, job.feeBps);
  const expected = {
    payer: before.payer - job.amount + shares.payer,
    node: before.node + shares.node,
    platform: before.platform + shares.treasury,
    escrow: before.escrow,
    stake: before.stake,
    insurance: before.insurance,
    supply: before.supply,
  };
  const wrong = Object.entries(expected).map(([what, amount]) => ({
    what,
    expected: amount,
    actual: after[what as keyof Balances],
  }));
  const { supply, ...held } = after;
  const sum = Object.values(held).reduce((total, amount) => total + amount, 0n);
  if (job.isWhole) wrong.push({ what: "sum of all balances", expected: supply, actual: sum });
  return wrong.filter(({ expected, actual }) => expected !== actual);
}
