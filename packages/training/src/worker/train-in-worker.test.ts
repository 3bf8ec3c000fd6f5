import { isCyxwizError } from "@cyxwiz/errors";
import { expect, test } from "vitest";
import { packDataset } from "../data/dataset.ts";
import { parseTrainingSpec } from "../spec/parse-spec.ts";
import { cornerImages, goldenDatasetBytes, goldenSpec } from "../testing/golden-job.ts";
import { initialState } from "../trainer/state.ts";
import { trainInWorker } from "./train-in-worker.ts";

const long = parseTrainingSpec({ ...goldenSpec, training: { ...goldenSpec.training, epochs: 100_000 } });

test("shared bytes are read in place, transferred ones move", async () => {
  const bytes = goldenDatasetBytes();
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  const spec = parseTrainingSpec({ ...goldenSpec, training: { ...goldenSpec.training, epochs: 1 } });
  const types = await Array.fromAsync(trainInWorker({ spec, dataset: shared }), ({ type }) => type);
  expect(types.at(-1)).toBe("done");
  const run = trainInWorker({ spec, dataset: bytes, transferDataset: true });
  expect(bytes.length).toBe(0);
  const events = await Array.fromAsync(run);
  expect(events.at(-1)?.usage.residentBytes).toBeGreaterThan(2 ** 20);
});

test("an abort in the middle ends the run at once with ABORTED", async () => {
  const controller = new AbortController();
  const run = trainInWorker({
    spec: long,
    dataset: goldenDatasetBytes(),
    signal: controller.signal,
    batchIntervalMs: 0,
  });
  let seen = 0;
  const reading = (async () => {
    for await (const _ of run) if (++seen === 3) controller.abort();
  })();
  await expect(reading).rejects.toSatisfy((error) => isCyxwizError(error, "ABORTED"));
  expect(seen).toBeGreaterThanOrEqual(3);
});

test("leaving the loop ends the thread, so that the process can end", async () => {
  for await (const event of trainInWorker({ spec: long, dataset: goldenDatasetBytes() })) {
    expect(event.type).toBe("batch");
    break;
  }
});

test("a paused run stands still until it is resumed", async () => {
  const run = trainInWorker({ spec: long, dataset: goldenDatasetBytes(), batchIntervalMs: 0 });
  const events = run[Symbol.asyncIterator]();
  let last = await events.next();
  run.pause();
  expect(run.paused).toBe(true);
  // What is already on its way still arrives; then nothing does. A silence of 300 ms is 100 times a step.
  const silent = async () => {
    let waiting = events.next();
    for (;;) {
      const timeout = Promise.withResolvers<"silence">();
      const timer = setTimeout(() => timeout.resolve("silence"), 300);
      const first = await Promise.race([waiting, timeout.promise]);
      clearTimeout(timer);
      if (first === "silence") return { waiting };
      last = first;
      waiting = events.next();
    }
  };
  const startedMs = performance.now();
  const { waiting } = await silent();
  run.resume();
  const next = await waiting;
  expect(next.done).toBe(false);
  // Speed and time left are reckoned without the pause.
  const trainedMs = (next.value?.elapsedMs ?? 0) - (last.value?.elapsedMs ?? 0);
  expect(performance.now() - startedMs - trainedMs).toBeGreaterThan(100);
  await run.stop();
  await events.return?.();
});

test("errors keep their code across the thread", async () => {
  const dataset = packDataset({
    train: { ...cornerImages(8), labels: { dtype: "U8", shape: [8], data: new Uint8Array(8).fill(9) } },
  });
  const run = trainInWorker({ spec: goldenSpec, dataset });
  await expect(Array.fromAsync(run)).rejects.toSatisfy(
    (error) => isCyxwizError(error, "DATA_INVALID") && error.message.includes("row 0 has label 9"),
  );
  const other = trainInWorker({
    spec: goldenSpec,
    dataset: goldenDatasetBytes(),
    resumeFrom: { ...initialState(goldenSpec), seed: 1 },
  });
  await expect(Array.fromAsync(other)).rejects.toSatisfy((error) => isCyxwizError(error, "DATA_INVALID"));
});

test("a signal that is already aborted starts nothing", () => {
  const start = () => trainInWorker({ spec: goldenSpec, dataset: goldenDatasetBytes(), signal: AbortSignal.abort() });
  expect(start).toThrow("cancelled");
});

test("a change is in time or too late at once, also while training is held", async () => {
  const short = parseTrainingSpec({ ...goldenSpec, training: { ...goldenSpec.training, epochs: 4 } });
  const run = trainInWorker({
    spec: short,
    dataset: goldenDatasetBytes(),
    batchIntervalMs: 0,
    changes: [{ firstEpoch: 4, learningRate: 0.003 }],
  });
  run.pause();
  const refused = (change: Parameters<typeof run.change>[0], code: "INVALID_FIELD" | "NOT_POSSIBLE_NOW") =>
    expect(() => run.change(change)).toThrow(expect.toSatisfy((error) => isCyxwizError(error, code)));
  expect(run.change({ firstEpoch: 2, batchSize: 100 })).toBe(2);
  refused({ firstEpoch: 5, batchSize: 100 }, "INVALID_FIELD");
  refused({ batchSize: -1 }, "INVALID_FIELD");
  run.resume();
  const seen: unknown[] = [];
  for await (const event of run) {
    if (event.type === "batch" && event.epoch === 2 && event.batch === 1) {
      refused({ firstEpoch: 1, learningRate: 0.1 }, "NOT_POSSIBLE_NOW");
      refused({ firstEpoch: 2, learningRate: 0.1 }, "NOT_POSSIBLE_NOW");
    }
    if (event.type === "epoch") seen.push(event.state.parameters);
  }
  const batchSize = { value: 100, epoch: 1, step: 19 };
  expect(seen).toEqual([undefined, { batchSize }, { batchSize }, { batchSize, learningRate: 0.003 }]);
  refused({ learningRate: 0.1 }, "NOT_POSSIBLE_NOW");
});

test("a change without an epoch holds from the next one, and never is lost on the way", async () => {
  const run = trainInWorker({ spec: long, dataset: goldenDatasetBytes(), batchIntervalMs: 0 });
  let holds = Number.POSITIVE_INFINITY;
  for await (const event of run) {
    if (event.type === "batch" && event.epoch === 2 && event.batch === 1) holds = run.change({ learningRate: 0.002 });
    if (event.type !== "epoch") continue;
    expect(event.state.parameters?.learningRate).toBe(event.epoch < holds ? undefined : 0.002);
    if (event.epoch === holds) break;
  }
  expect(holds).toBeGreaterThan(2);
});
