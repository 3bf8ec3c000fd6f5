import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { demoDirectory, removeDemo, startDemo } from "../testing/demo.ts";
import { processesLeft, processesOf } from "../testing/processes-of.ts";

let directory: string;
beforeEach(async () => {
  directory = await demoDirectory();
});
afterEach(() => removeDemo(directory));

/** A demo that would train for hours, whose node does not measure itself first. */
const startEndlessDemo = () => startDemo(directory, 100_000, { CYXWIZ_NODE_COMPUTE_SCORE: "10" });

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
