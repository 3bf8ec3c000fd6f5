import type { TokenChange } from "@cyxwiz/chain";
import { expect, test } from "vitest";
import { checkMoves, type Moves } from "./check-moves.ts";

const AMOUNT = 1_005n;
const FEE_BPS = 1_000;

const change = (before: bigint, after: bigint): TokenChange => ({ account: "a", owner: "o", mint: "m", before, after });

// 90% is 904, 10% is 100, both rounded down; the payer gets the 1 that is left.
const moves: Moves = {
  deposit: change(2_000n, 995n),
  node: change(50n, 954n),
  fee: change(0n, 100n),
  back: change(995n, 996n),
  vault: change(AMOUNT, 0n),
  settled: { toNode: 904n, toTreasury: 100n, toPayer: 1n },
  alone: true,
};

test("a payment to the base unit is accepted", () => {
  checkMoves(moves, AMOUNT, FEE_BPS);
});

test("a stranger who sends tokens to the vault does not spoil the receipt", () => {
  const settled = { ...moves.settled, toPayer: 8n };
  checkMoves({ ...moves, settled, vault: change(AMOUNT + 7n, 0n), back: change(995n, 1_003n) }, AMOUNT, FEE_BPS);
});

test("a payment that shares its transaction with others may move more, but not less", () => {
  const shared = { ...moves, alone: false, fee: change(0n, 300n), node: change(50n, 1_858n) };
  checkMoves(shared, AMOUNT, FEE_BPS);
  expect(() => checkMoves({ ...moves, node: shared.node }, AMOUNT, FEE_BPS)).toThrow("the node's pay");
  expect(() => checkMoves({ ...shared, fee: change(0n, 99n) }, AMOUNT, FEE_BPS)).toThrow("the platform's fee");
});

test("whoever got one base unit too much or too little is named", () => {
  const wrong: [string, Partial<Moves>][] = [
    ["the payer's deposit", { deposit: change(2_000n, 994n) }],
    ["the node's pay", { node: change(50n, 955n) }],
    ["the platform's fee", { fee: change(0n, 101n) }],
    ["the payer's rest", { back: change(995n, 995n) }],
    ["the payer's rest", { vault: change(AMOUNT + 7n, 0n) }],
    ["the node's pay", { settled: { ...moves.settled, toNode: 905n } }],
    ["the platform's fee", { settled: { ...moves.settled, toTreasury: 99n } }],
    ["what is left in the vault", { vault: change(AMOUNT, 1n) }],
  ];
  for (const [what, moved] of wrong) {
    expect(() => checkMoves({ ...moves, ...moved }, AMOUNT, FEE_BPS)).toThrow(
      expect.objectContaining({ code: "RECEIPT_MISMATCH", context: expect.objectContaining({ what }) }),
    );
  }
});
