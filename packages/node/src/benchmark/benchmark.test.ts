import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { loadOrMeasureScore } from "./benchmark.ts";

test("the score is measured once, kept, and measured anew when it cannot be read", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "cyxwiz-benchmark-"));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  const log = pino({ level: "silent" });
  const score = await loadOrMeasureScore(dataDir, "this one", log);
  // Anything that runs this at all does more than 0.1 GFLOP/s; nothing does a teraflop on one WebAssembly thread.
  expect(score).toBeGreaterThan(0.1);
  expect(score).toBeLessThan(1000);
  const path = join(dataDir, "benchmark.json");
  const stored = JSON.parse(await readFile(path, "utf8"));
  await writeFile(path, JSON.stringify({ ...stored, score: 12.5 }));
  expect(await loadOrMeasureScore(dataDir, "this one", log)).toBe(12.5);
  await writeFile(path, "{");
  expect(await loadOrMeasureScore(dataDir, "this one", log)).not.toBe(12.5);
});
