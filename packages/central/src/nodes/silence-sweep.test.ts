import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Context } from "../context.ts";
import { DatabaseWorld } from "../testing/database-world.ts";
import { startSweeping } from "./silence-sweep.ts";

const EVERY_MS = 5;
const SILENT_MS = 121_000;

let world: DatabaseWorld;

beforeAll(async () => {
  world = await DatabaseWorld.start();
});

beforeEach(() => {
  world.skewMs = 0;
});

afterAll(() => world?.close());

/** A context whose database can be away, and that counts how often the sweep has asked for it. */
function interruptible() {
  const context = world.context();
  const state = { down: false, asked: 0 };
  const execute: Context["db"]["execute"] = (query) => {
    state.asked += 1;
    if (state.down) throw new Error("the database is away");
    return context.db.execute(query);
  };
  const db = new Proxy(context.db, {
    get: (target, name, receiver) => (name === "execute" ? execute : Reflect.get(target, name, receiver)),
  });
  const looked = async (times: number) => {
    const until = state.asked + times;
    await expect.poll(() => state.asked, { timeout: 10_000, interval: EVERY_MS }).toBeGreaterThanOrEqual(until);
  };
  return { context: { ...context, db }, state, looked };
}

async function runningJob(): Promise<string> {
  const assignedNodeId = await world.node();
  return world.job({ status: "RUNNING", assignedNodeId, nodeSeenAt: new Date(Date.now() + world.skewMs) });
}

const failed = (jobId: string) =>
  expect.poll(() => world.statusOf(jobId), { timeout: 10_000, interval: 20 }).toBe("FAILED");

test("a node is not silent because Central's database was away; a silent one is noticed after that", async () => {
  const { context, state, looked } = interruptible();
  const jobId = await runningJob();
  const sweeping = startSweeping(context, EVERY_MS);
  await looked(2);
  state.down = true;
  await looked(2);
  // While it is away, nobody's heartbeat can be written down.
  world.skewMs = 2 * SILENT_MS;
  await looked(2);
  state.down = false;
  await looked(5);
  expect(await world.statusOf(jobId)).toBe("RUNNING");
  world.skewMs = 3 * SILENT_MS;
  await failed(jobId);
  await sweeping.stop();
});

test("nor because the machine that Central is on stood still", async () => {
  const { context, looked } = interruptible();
  let stoodStillMs = 0;
  const sweeping = startSweeping(context, EVERY_MS, () => Date.now() + stoodStillMs);
  const jobId = await runningJob();
  await looked(2);
  stoodStillMs = SILENT_MS;
  world.skewMs = SILENT_MS;
  await looked(5);
  expect(await world.statusOf(jobId)).toBe("RUNNING");
  world.skewMs = 2 * SILENT_MS;
  await failed(jobId);
  await sweeping.stop();
});
