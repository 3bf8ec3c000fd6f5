import { expect, test } from "vitest";
import { EscrowState, returnableFrom } from "./index.ts";

const times = { deadline: 1_000n, anchoredAt: 0n, challengeWindowSeconds: 100n, decisionUntil: 5_000n };

test.each<[keyof typeof EscrowState, Partial<typeof times>, bigint | undefined]>([
  ["Created", {}, 1_000n],
  ["Running", {}, 1_000n],
  ["Committed", {}, 1_100n],
  ["Proven", { anchoredAt: 500n }, 1_100n],
  ["Proven", { anchoredAt: 950n }, 1_150n],
  ["Disputed", {}, 5_000n],
  ["Resolved", {}, undefined],
  ["Appealed", {}, undefined],
  ["Settled", {}, undefined],
])("an escrow that is %s can be sent back at its time", (state, change, expected) => {
  expect(returnableFrom({ ...times, ...change, state: EscrowState[state] })).toBe(expected);
});
