import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { processesLeft, processesOf } from "../testing/processes-of.ts";
import { writeSmallJob } from "../testing/small-job.ts";

const LAUNCHER = fileURLToPath(new URL("../../bin/cyxwiz.js", import.meta.url));
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "cyxwiz-demo-test-"));
});
afterEach(async () => {
  for (const left of await processesOf(directory)) process.kill(Number(left.split(" ")[0]), "SIGKILL");
  await rm(directory, { recursive: true, force: true });
});

async function startDemo(epochs: number, env: Record<string, string> = {}): Promise<ChildProcess> {
  const job = await writeSmallJob(directory, { epochs });
  const args = ["demo", "--json", "--data-dir", join(directory, "data"), "--job", job, "--slot-ms", "50"];
  return spawn(process.execPath, [LAUNCHER, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
}

/** A demo that would train for hours, whose node does not measure itself first. */
const startEndlessDemo = () => startDemo(100_000, { CYXWIZ_NODE_COMPUTE_SCORE: "10" });

/** What it shows to a person, up to and with a text. */
async function shown(demo: ChildProcess, wanted: string): Promise<string> {
  let seen = "";
  for await (const chunk of demo.stderr as AsyncIterable<Buffer>) {
    seen += chunk.toString();
    if (seen.includes(wanted)) break;
  }
  // What comes later still has to be read, or the demo would wait for it.
  demo.stderr?.resume();
  expect(seen).toContain(wanted);
  return seen;
}

test("the demo pays to the base unit, keeps the weights, and leaves no process", { timeout: 90_000 }, async () => {
  const demo = await startDemo(2);
  const [lines, shownText] = [text(demo.stdout as never), text(demo.stderr as never)];
  const [code] = (await once(demo, "close")) as [number];
  expect(`${code} ${await shownText}`).toMatch(/^0 /);
  const report = JSON.parse((await lines).trim()) as {
    event: string;
    discrepancies: unknown[];
    before: Record<string, string>;
    after: Record<string, string>;
    result: { weightsPath: string; receipt: { amount: string; paymentSignature: string } };
  };
  expect(report).toMatchObject({ event: "result", discrepancies: [] });
  const gained = (holder: string) => BigInt(report.after[holder] ?? 0) - BigInt(report.before[holder] ?? 0);
  const amount = BigInt(report.result.receipt.amount);
  expect(gained("node")).toBe((amount * 9_000n) / 10_000n);
  expect(gained("platform")).toBe((amount * 1_000n) / 10_000n);
  expect(gained("payer")).toBe(-gained("node") - gained("platform"));
  expect(amount).toBeGreaterThan(0n);
  const weights = await readFile(report.result.weightsPath);
  expect(Number(weights.readBigUInt64LE(0))).toBeLessThan(weights.length);
  const textOfDemo = await shownText;
  expect(textOfDemo).toContain(report.result.receipt.paymentSignature);
  expect(await processesOf(directory)).toEqual([]);
});

describe.skipIf(process.platform !== "linux")("a demo that is cut short leaves no process behind", () => {
  test("by Ctrl-C while everything starts", { timeout: 60_000 }, async () => {
    const demo = await startEndlessDemo();
    await shown(demo, "Solana localnet");
    demo.kill("SIGINT");
    expect(await once(demo, "exit")).toEqual([130, null]);
    expect(await processesLeft(directory, 2_000)).toEqual([]);
  });

  test("by Ctrl-C in the middle of training", { timeout: 60_000 }, async () => {
    const demo = await startEndlessDemo();
    await shown(demo, "epoch 1");
    expect((await processesOf(directory)).length).toBeGreaterThan(4);
    demo.kill("SIGINT");
    expect(await once(demo, "exit")).toEqual([130, null]);
    expect(await processesLeft(directory, 2_000)).toEqual([]);
  });

  test("by kill -9 of the demo itself", { timeout: 60_000 }, async () => {
    const demo = await startEndlessDemo();
    await shown(demo, "epoch 1");
    demo.kill("SIGKILL");
    expect(await processesLeft(directory, 20_000)).toEqual([]);
  });

  // A piece that runs on, and the one whose end the demo waits for.
  for (const [piece, moment] of [
    ["localnet", "engine's wallet"],
    ["train", "the node took the job"],
  ] as const) {
    test(`by kill -9 of ${piece}`, { timeout: 60_000 }, async () => {
      const demo = await startEndlessDemo();
      const lines = text(demo.stdout as never);
      await shown(demo, moment);
      const victim = (await processesOf(directory)).find((line) => line.includes(`cyxwiz.js ${piece} `));
      process.kill(Number(victim?.split(" ")[0]), "SIGKILL");
      expect(await once(demo, "exit")).toEqual([1, null]);
      expect(JSON.parse((await lines).trim())).toMatchObject({ event: "error", code: "PROCESS_FAILED" });
      expect(await processesLeft(directory, 5_000)).toEqual([]);
    });
  }
});
