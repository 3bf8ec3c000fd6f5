import { expect, test } from "vitest";
import { AUDIT_DEFAULTS } from "../config/audit-config.ts";
import { forcedAudit } from "./audit-reasons.ts";
import { auditorPay } from "./auditor-pay.ts";

const CYXWIZ = 10n ** 9n;

const layers = [
  { class_name: "InputLayer", config: { batch_shape: [null, 8] } },
  { class_name: "Dense", config: { units: 3, activation: "softmax" } },
];

function job(change: { amount?: bigint; patience?: number } = {}) {
  const { amount = CYXWIZ, patience } = change;
  const training = {
    ...{
      optimizer: { class_name: "SGD", config: { learning_rate: 0.1 } },
      loss: "sparse_categorical_crossentropy",
      batch_size: 32,
      epochs: 10,
      seed: 1,
    },
    ...(patience !== undefined && { early_stopping: { monitor: "loss", patience } }),
  };
  const spec = { model: { class_name: "Sequential", config: { layers } }, training };
  const config = { jobId: "", modelDefinition: JSON.stringify(spec), epochs: 10, batchSize: 32, seed: "1" };
  return { escrowAmount: amount, estimatedSeconds: 100, config };
}

const reported = (losses: readonly number[]) =>
  losses.map((loss) => ({ checkpointHash: new Uint8Array(32), metrics: { loss } }));
const ten = reported([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
const inTime = { workedMs: 100_000, isCancelled: false };

test("a job that is like most is left to the lots", () => {
  expect(forcedAudit(job(), ten, inTime, AUDIT_DEFAULTS)).toEqual({ reasons: [], epochs: [] });
});

test.each([
  [49_999, true],
  [50_000, false],
  [200_000, false],
  [200_001, true],
])("%d ms of 100 s estimated: audited for its time %s", (workedMs, isForced) => {
  const { reasons } = forcedAudit(job(), ten, { ...inTime, workedMs }, AUDIT_DEFAULTS);
  expect(reasons).toEqual(isForced ? ["time"] : []);
});

test("a job is audited for its price from the limit on", () => {
  const limit = AUDIT_DEFAULTS.auditAlwaysFrom;
  expect(forcedAudit(job({ amount: limit - 1n }), ten, inTime, AUDIT_DEFAULTS).reasons).toEqual([]);
  expect(forcedAudit(job({ amount: limit }), ten, inTime, AUDIT_DEFAULTS).reasons).toEqual(["amount"]);
});

test("an early end is audited from the best epoch on, which it rests on", () => {
  const ended = reported([5, 4, 6, 6]);
  const forced = forcedAudit(job({ patience: 2 }), ended, inTime, AUDIT_DEFAULTS);
  expect(forced).toEqual({ reasons: ["early end"], epochs: [2, 3, 4] });
});

test("what was called off is audited whenever it ended", () => {
  const forced = forcedAudit(job(), ten.slice(0, 3), { workedMs: 1, isCancelled: true }, AUDIT_DEFAULTS);
  expect(forced).toEqual({ reasons: ["cancelled"], epochs: [] });
});

test("an auditor has as much of the price as it replays of the job, and not more than the fee", () => {
  const fees = { feeBps: 1_000, diamondFeeBps: 800 };
  const paid = { escrowAmount: 100n * CYXWIZ };
  expect(auditorPay(paid, { epochs: 100, replayed: 2 }, fees)).toBe(2n * CYXWIZ);
  expect(auditorPay(paid, { epochs: 10, replayed: 2 }, fees)).toBe(8n * CYXWIZ);
});
