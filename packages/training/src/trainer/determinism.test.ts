import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleGolden } from "../testing/bundle-golden.ts";
import { GOLDEN_JOBS } from "../testing/golden-job.ts";
import { launchChromium, type UnpackedChromium } from "../testing/launch-chromium.ts";
import { trainInWorker } from "../worker/train-in-worker.ts";
import { encodeState } from "./state.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const jobs = GOLDEN_JOBS.map((job, index) => ({ ...job, index }));

// On Node's main thread: in train.test.ts, with and without a break.
test.each(jobs)("golden job '$name' gives its hash in a worker thread", async (job) => {
  const hashes: string[] = [];
  for await (const event of trainInWorker({ spec: job.spec, dataset: job.dataset(), changes: job.changes ?? [] })) {
    if (event.type === "epoch") hashes.push(sha256(encodeState(event.state)));
  }
  expect(hashes).toHaveLength(job.spec.training.epochs);
  expect(hashes.at(-1)).toBe(job.sha256);
});

let chromium: UnpackedChromium;
let bundle: string;
beforeAll(async () => {
  chromium = await launchChromium();
  bundle = await bundleGolden();
});
afterAll(() => chromium?.close());

test("the package's pure part needs no node: module", () => {
  expect(bundle).toContain("runGoldenJob");
  expect(bundle).not.toMatch(/["']node:/);
});

test.each(jobs)("golden job '$name' gives its hash in Chromium", async (job) => {
  const page = await chromium.browser.newPage();
  await page.addScriptTag({ content: bundle });
  const base64 = await page.evaluate(`runGoldenJob(${job.index})`);
  expect(sha256(Buffer.from(base64 as string, "base64"))).toBe(job.sha256);
});
