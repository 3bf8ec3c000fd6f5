import { expect, test } from "vitest";
import { after, ENDED, HOLDING, JOB_EVENTS, JOB_STATES, type JobState, LIFECYCLE, statesBefore } from "./lifecycle.ts";

test("every state and event: the whole table of moves", () => {
  const rows = JOB_STATES.map(
    (state) => `${state}: ${JOB_EVENTS.map((event) => after(state, event) ?? "-").join(" ")}`,
  );
  expect(`events: ${JOB_EVENTS.join(" ")}\n${rows.join("\n")}`).toMatchInlineSnapshot(`
    "events: confirm expire accept complete anchored paid dispute cancel fail refund refunded
    PENDING: - - RUNNING - - - - CANCELLED FAILED - -
    PENDING_ESCROW: ESCROW_CONFIRMED EXPIRED - - - - - CANCELLED - - -
    ESCROW_CONFIRMED: - - RUNNING - - COMPLETED DISPUTED CANCELLED FAILED - REFUNDED
    RUNNING: - - - VERIFYING - COMPLETED DISPUTED CANCELLED FAILED - REFUNDED
    VERIFYING: - - - - PAYING COMPLETED DISPUTED - FAILED - REFUNDED
    PAYING: - - - - - COMPLETED DISPUTED - FAILED - REFUNDED
    COMPLETED: - - - - - - - - - - -
    DISPUTED: - - - - - COMPLETED - - - - REFUNDED
    EXPIRED: - - - - - - - - - REFUNDING -
    CANCELLED: - - - - - - - - - REFUNDING -
    FAILED: - - - - - - - - - REFUNDING -
    REFUNDING: - - - - - COMPLETED DISPUTED - - - REFUNDED
    REFUNDED: - - - - - - - - - - -"
  `);
});

test("the end is the end: nothing leaves COMPLETED and REFUNDED", () => {
  for (const state of ["COMPLETED", "REFUNDED"] as const) expect(LIFECYCLE[state]).toEqual({});
});

test("from every state each job can reach an end, and none that holds a node is one", () => {
  for (const start of JOB_STATES) {
    const reached = new Set<JobState>([start]);
    for (const state of reached) for (const next of Object.values(LIFECYCLE[state])) reached.add(next);
    expect([...reached].some((state) => ENDED.includes(state))).toBe(true);
  }
  expect(HOLDING.filter((state) => ENDED.includes(state))).toEqual([]);
});

test("only a verified proof leads to payment: the way to PAYING is through VERIFYING", () => {
  expect(statesBefore("anchored")).toEqual(["VERIFYING"]);
  expect(statesBefore("complete")).toEqual(["RUNNING"]);
});
