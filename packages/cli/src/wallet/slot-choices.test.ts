import { type Escrow, EscrowDecision, EscrowState, getEscrowDecoder } from "@cyxwiz/contracts";
import { expect, test } from "vitest";
import { slotChoices } from "./slot-choices.ts";

const NOW = 1_800_000_000n;
const empty = getEscrowDecoder().decode(new Uint8Array(getEscrowDecoder().fixedSize));
const escrow = (fields: Partial<Escrow>): Escrow => ({
  ...empty,
  nonce: NOW - 100n,
  deadline: NOW + 1_000n,
  challengeWindowSeconds: 500n,
  anchoredAt: NOW - 100n,
  evidenceUntil: NOW + 50n,
  decisionUntil: NOW + 700n,
  appealUntil: NOW + 600n,
  ...fields,
});
const commands = (fields: Partial<Escrow>, later = 0n) =>
  slotChoices(escrow(fields), NOW + later).map(({ command, from }) => (from === undefined ? command : `${command}…`));

test("what a payer can do follows the escrow's state and the time", () => {
  const running = { state: EscrowState.Running };
  expect(commands({ state: EscrowState.Created })).toEqual(["cancel", "extend"]);
  expect(commands(running)).toEqual(["approve", "cancel", "extend", "dispute", "cancel…"]);
  expect(commands(running, 1_000n)).toEqual(["approve", "cancel"]);
  expect(commands({ state: EscrowState.Committed }, 1_100n)).toEqual(["approve", "cancel…"]);
  expect(commands({ state: EscrowState.Proven })).toEqual(["approve", "dispute", "cancel…"]);
  expect(commands({ state: EscrowState.Proven }, 400n)).toEqual(["approve", "cancel…"]);
  expect(commands({ state: EscrowState.Proven }, 1_500n)).toEqual(["approve", "cancel"]);
  expect(commands({ state: EscrowState.Disputed })).toEqual(["approve", "evidence", "cancel…"]);
  expect(commands({ state: EscrowState.Disputed }, 700n)).toEqual(["approve", "cancel"]);
});

test("who lost a decision may appeal or accept it; who won waits", () => {
  const resolved = (decision: EscrowDecision) => ({ state: EscrowState.Resolved, decision });
  expect(commands(resolved(EscrowDecision.ForNode))).toEqual(["appeal", "settle"]);
  expect(commands(resolved(EscrowDecision.ForNode), 600n)).toEqual(["settle"]);
  expect(commands(resolved(EscrowDecision.ForPayer))).toEqual(["settle…"]);
  expect(commands(resolved(EscrowDecision.ForPayer), 600n)).toEqual(["settle"]);
  expect(commands({ state: EscrowState.Appealed })).toEqual(["evidence", "settle…"]);
});

test("a settled slot can be closed when no number of its own can come again", () => {
  expect(commands({ state: EscrowState.Settled })).toEqual(["close-slot…"]);
  expect(commands({ state: EscrowState.Settled }, 1_101n)).toEqual(["close-slot"]);
});
