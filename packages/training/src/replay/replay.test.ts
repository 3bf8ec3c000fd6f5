import { createHash } from "node:crypto";
import { isCyxwizError } from "@cyxwiz/errors";
import { beforeAll, expect, test } from "vitest";
import { openDataset, packDataset } from "../data/dataset.ts";
import { bundleGolden } from "../testing/bundle-golden.ts";
import { cornerImages, GOLDEN_JOBS } from "../testing/golden-job.ts";
import { changedSpec } from "../testing/golden-models.ts";
import { runGoldenReplay } from "../testing/golden-replay.ts";
import { launchChromium } from "../testing/launch-chromium.ts";
import { decodeState, encodeState, initialState } from "../trainer/state.ts";
import { compareStates } from "./difference.ts";
import { replay } from "./replay.ts";
import { verifyEpochs } from "./verify-epochs.ts";

/** SHA-256 of all that is found as JSON: to the last digit the same wherever a job is replayed. */
const GOLDEN = "2c2013934665265542e710cb7f87e4c4d57d0abf3579f0c2337b2cdd8110cf41";
const hashOf = (found: unknown) => createHash("sha256").update(JSON.stringify(found)).digest("hex");

let found: Record<string, readonly string[]>;
beforeAll(async () => {
  found = await runGoldenReplay();
});

test.each([
  ["honest", ["0: holds", "1: holds", "2: holds", "3: holds", "4: holds"]],
  ["honest, from a state on the way", ["2: holds", "3: holds", "4: holds"]],
  ["honest, up to an epoch on the way", ["1: holds", "2: holds"]],
  ["honest, nothing left to train", ["4: holds", "4: holds"]],
])("%s: every epoch holds", (name, lines) => expect(found[name]).toEqual(lines));

test.each<[string, number, RegExp]>([
  ["one weight changed", 2, /tensor model\/dense\/kernel: 1 of 1296 values, by 0\.06\d+ at most; first at 5: -0\.13/],
  ["the epoch before once more", 2, /step: 15 is claimed, replay gives 20/],
  ["better metrics", 2, /the metric loss: 0\.01 is claimed, replay gives 0\.\d+$/],
  ["other weights as the result", 4, /the result: 0{64} is claimed, replay gives [0-9a-f]{64}/],
  ["fewer epochs", 2, /the end: 2 epochs are claimed, but training goes on/],
  ["another start", 0, /tensor model\/dense\/kernel: 1 of 1296 values/],
  ["another state served", 2, /the state served has the hash [0-9a-f]{64}, the job is committed to [0-9a-f]{64}/],
  ["another job's state", 2, /its seed is 1, the job's 45/],
  ["no state at all", 1, /truncated: 1 bytes/],
  ["a change that nobody ordered", 3, /learning_rate: 0\.02 is claimed, replay gives none/],
  ["a change that was ordered and not made", 4, /batch_size: 48 is claimed, replay gives 7/],
  ["a state with parameters that nobody ordered", 3, /changed parameters are .*0\.02.*; ordered were \{\}/],
])("%s: epoch %i does not hold, and it says why", (name, epoch, reason) => {
  const lines = found[name] ?? [];
  expect(lines.filter((line) => !line.endsWith(": holds")).join("\n")).toMatch(reason);
  expect(lines.at(-1)).toMatch(new RegExp(`^${epoch}: (?!holds)`));
  expect(lines.findIndex((line) => !line.endsWith(": holds"))).toBe(
    lines.findIndex((line) => line.startsWith(`${epoch}: `)),
  );
});

test("all of that is the same to the last digit in Node and in Chromium", async () => {
  expect(hashOf(found)).toBe(GOLDEN);
  const chromium = await launchChromium();
  try {
    const page = await chromium.browser.newPage();
    await page.addScriptTag({ content: await bundleGolden() });
    expect(hashOf(await page.evaluate("runGoldenReplay()"))).toBe(GOLDEN);
  } finally {
    await chromium.close();
  }
});

test("early stopping: the run ends where replay says, not earlier and not later", async () => {
  const training = {
    ...changedSpec.training,
    epochs: 40,
    early_stopping: { ...stopping(), patience: 1, min_delta: 0.05 },
  };
  const spec = { ...changedSpec, training };
  const dataset = openDataset(packDataset({ train: cornerImages(300) }));
  const events = await Array.fromAsync(replay({ spec, dataset, to: 40 }));
  const result = events.at(-1);
  if (result?.type !== "result") throw new Error("no result");
  expect(result.epoch).toBeLessThan(40);
  const claimedHashes = new Map(events.flatMap((event) => (event.type === "epoch" ? [[event.epoch, event]] : [])));
  const state = (epoch: number) => {
    const event = claimedHashes.get(epoch);
    return event && { epoch, bytes: event.stateBytes };
  };
  const check = async (claimedEnd: number, start: number) => {
    const from = state(start);
    if (!from) throw new Error("no state");
    const end = { epoch: claimedEnd, resultHash: result.resultHash };
    const options = { spec, dataset, from, to: claimedEnd, end, claimed: (epoch: number) => claimedHashes.get(epoch) };
    return Array.fromAsync(verifyEpochs(options), ({ epoch, differences }) => ({ epoch, differences }));
  };
  expect(await check(result.epoch, result.epoch - 1)).toEqual([
    { epoch: result.epoch - 1, differences: [] },
    { epoch: result.epoch, differences: [] },
  ]);
  const early = (await check(result.epoch - 1, result.epoch - 2)).at(-1);
  expect(early?.differences).toEqual([{ what: "end", claimed: result.epoch - 1, replayed: 0 }]);
  const late = (await check(result.epoch + 1, result.epoch - 1)).at(-1);
  expect(late?.differences).toEqual([{ what: "end", claimed: result.epoch + 1, replayed: result.epoch }]);
});

function stopping() {
  if (!changedSpec.training.early_stopping) throw new Error("the job has no early stopping");
  return changedSpec.training.early_stopping;
}

test("data that does not fit is no verdict, but an error", async () => {
  const job = GOLDEN_JOBS[0];
  const dataset = openDataset(packDataset({ train: cornerImages(8, 3) }));
  if (!job) throw new Error("no job");
  const run = Array.fromAsync(verifyEpochs({ spec: job.spec, dataset, to: 1, claimed: () => undefined }));
  await expect(run).rejects.toSatisfy((error) => isCyxwizError(error, "DATA_INVALID"));
});

test("states are compared value by value; the same values in other bytes are told, too", () => {
  const ours = encodeState(initialState(changedSpec));
  expect(compareStates(ours, ours)).toEqual([]);
  const view = new DataView(ours.buffer);
  const header = Number(view.getBigUint64(0, true));
  const padded = new Uint8Array(ours.length + 8);
  padded.set(ours.subarray(0, 8 + header));
  padded.fill(0x20, 8 + header, 16 + header);
  padded.set(ours.subarray(8 + header), 16 + header);
  new DataView(padded.buffer).setBigUint64(0, BigInt(header + 8), true);
  expect(decodeState(padded)).toEqual(decodeState(ours));
  expect(compareStates(padded, ours)).toEqual([
    { kind: "encoding", problem: expect.stringContaining("another encoding") },
  ]);
  const state = initialState(changedSpec);
  const kernel = state.weights.get("dense/kernel");
  if (!kernel) throw new Error("no kernel");
  const weights = new Map(state.weights).set("dense/kernel", { ...kernel, data: kernel.data.with(3, Number.NaN) });
  expect(compareStates(encodeState({ ...state, weights }), ours)).toMatchObject([
    {
      kind: "values",
      tensor: "model/dense/kernel",
      count: 1,
      firstIndex: 3,
      maxAbsDifference: Number.POSITIVE_INFINITY,
    },
  ]);
  weights.delete("dense/kernel");
  expect(compareStates(encodeState({ ...state, weights }), ours)).toMatchObject([
    { kind: "shape", name: "model/dense/kernel", claimed: undefined, replayed: "F32 [81, 16]" },
  ]);
});
