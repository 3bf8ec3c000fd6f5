import type { TokenChange } from "@cyxwiz/chain";
import { completionShares, type EscrowSettledEvent } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";

/** The accounts that a job's two transactions, deposit and payment, move tokens between. */
export interface Moves {
  readonly deposit: TokenChange;
  readonly node: TokenChange;
  readonly fee: TokenChange;
  readonly back: TokenChange;
  readonly vault: TokenChange;
  /** What the program says of this job's payment, which may share its transaction with those of others. */
  readonly settled: Pick<EscrowSettledEvent, "toNode" | "toTreasury" | "toPayer">;
  /** Whether the payment settled this job alone; only then do balances show nothing else. */
  readonly alone: boolean;
}

/**
 * Whether everybody got what they should, to the base unit. Anybody can send tokens to a vault; what was there beyond
 * the amount goes to the payer.
 *
 * @throws CyxwizError `RECEIPT_MISMATCH` naming what differs.
 */
export function checkMoves(moves: Moves, amount: bigint, feeBps: number): void {
  const { deposit, node, fee, back, vault, settled, alone } = moves;
  const shares = completionShares(amount, feeBps);
  const beyond = vault.before > amount ? vault.before - amount : 0n;
  expectSame("the payer's deposit", -amount, deposit.after - deposit.before);
  expectSame("the node's pay", shares.node, settled.toNode);
  expectSame("the platform's fee", shares.treasury, settled.toTreasury);
  expectSame("the payer's rest", shares.payer + beyond, settled.toPayer);
  expectMoved("the node's pay", settled.toNode, node, alone);
  expectMoved("the platform's fee", settled.toTreasury, fee, alone);
  expectMoved("the payer's rest", settled.toPayer, back, alone);
  expectSame("what is left in the vault", 0n, vault.after);
}

// Other jobs of the same transaction may pay into the same accounts.
function expectMoved(what: string, amount: bigint, { before, after }: TokenChange, alone: boolean): void {
  if (alone || after - before < amount) expectSame(what, amount, after - before);
}

/** Throws RECEIPT_MISMATCH unless both are the same. */
export function expectSame<T extends string | bigint | number>(what: string, expected: T, actual: T): void {
  if (expected === actual) return;
  throw new CyxwizError("RECEIPT_MISMATCH", { what, expected: String(expected), actual: String(actual) });
}
