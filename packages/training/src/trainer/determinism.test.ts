import { createHash } from "node:crypto";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { GOLDEN_SHA256, goldenDatasetBytes, goldenSpec, runGoldenJob } from "../testing/golden-job.ts";
import { launchChromium } from "../testing/launch-chromium.ts";
import { trainInWorker } from "../worker/train-in-worker.ts";
import { encodeState } from "./state.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

test("the golden job gives the golden hash on Node's main thread, twice in one process", async () => {
  expect(sha256(await runGoldenJob())).toBe(GOLDEN_SHA256);
  expect(sha256(await runGoldenJob())).toBe(GOLDEN_SHA256);
});

test("the golden job gives the golden hash in a worker thread", async () => {
  const hashes: string[] = [];
  for await (const event of trainInWorker({ spec: goldenSpec, dataset: goldenDatasetBytes() })) {
    if (event.type === "epoch") hashes.push(sha256(encodeState(event.state)));
  }
  expect(hashes).toHaveLength(3);
  expect(hashes.at(-1)).toBe(GOLDEN_SHA256);
});

test("the golden job gives the golden hash in Chromium, from a bundle without node: modules", async () => {
  const bundle = await build({
    entryPoints: [new URL("../testing/golden-entry.ts", import.meta.url).pathname],
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
    logLevel: "silent",
  });
  const code = bundle.outputFiles[0]?.text as string;
  expect(code).not.toMatch(/["']node:/);
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ content: code });
    const bytes = await page.evaluate("runGoldenJob()");
    expect(sha256(Uint8Array.from(bytes as number[]))).toBe(GOLDEN_SHA256);
  } finally {
    await browser.close();
  }
}, 60_000);
