import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readState, stateFileName, streamState } from "./state-file.ts";
import { StateStore } from "./state-store.ts";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "cyxwiz-states-"));
});
afterEach(() => rm(dataDir, { recursive: true }));

const jobId = crypto.randomUUID();
const log = pino({ level: "silent" });
const open = (budgetBytes = 1 << 30) => new StateStore({ dataDir, budgetBytes, nowMs: Date.now, log });

function state(epoch: number, bytes: Uint8Array = randomBytes(10_000)) {
  return { epoch, bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
}

test("a state is stored packed where that gains something, as it is elsewhere, and read whole or in parts", async () => {
  const store = open();
  const states = [state(1), state(2), state(3, new Uint8Array(1 << 20).fill(7, 1000))];
  // What one job's states are like is remembered, so the one that packs well is another job's.
  const other = crypto.randomUUID();
  for (const { epoch, ...rest } of states) await store.put(epoch === 3 ? other : jobId, { epoch, ...rest });
  expect(store.list(jobId).map(({ compressed }) => compressed)).toEqual([false, false]);
  const [packed] = store.list(other);
  expect(packed).toMatchObject({ compressed: true, size: 1 << 20 });
  expect(packed?.storedBytes).toBeLessThan(10_000);
  const found = open();
  for (const { epoch, bytes } of states) {
    const file = found.list(epoch === 3 ? other : jobId).find((stored) => stored.epoch === epoch);
    if (!file) throw new Error(`epoch ${epoch} is not stored`);
    expect(Buffer.compare(await readState(file), bytes)).toBe(0);
    for (const [start, end] of [
      [0, bytes.length],
      [1, 2],
      [999, 5_001],
      [bytes.length - 1, bytes.length],
    ] as const) {
      expect(Buffer.compare(await buffer(streamState(file, start, end)), bytes.subarray(start, end))).toBe(0);
    }
  }
});

test("within the budget older states are thinned out; the newest stays, also when a job ends", async () => {
  const store = open(55_000);
  for (let epoch = 1; epoch <= 40; epoch++) {
    await store.put(jobId, state(epoch));
    expect(store.storedBytes).toBeLessThanOrEqual(55_000);
    expect(store.list(jobId).at(-1)?.epoch).toBe(epoch);
  }
  expect(store.list(jobId).map(({ epoch }) => epoch)).toHaveLength(5);
  const next = crypto.randomUUID();
  for (let epoch = 1; epoch <= 40; epoch++) await store.put(next, state(epoch));
  expect(store.list(jobId).map(({ epoch }) => epoch)).toContain(40);
  expect(store.list(next).length).toBeGreaterThanOrEqual(2);
  const names = await readdir(join(dataDir, "jobs", jobId, "states"));
  expect(names).toHaveLength(store.list(jobId).length);
});

test("a job does not keep more states than make a difference", async () => {
  const store = open();
  for (let epoch = 1; epoch <= 140; epoch++) await store.put(jobId, state(epoch, randomBytes(10)));
  expect(store.list(jobId)).toHaveLength(128);
});

test("a full disk leaves what was stored and nothing half", async () => {
  const store = open();
  await store.put(jobId, state(1));
  const next = state(2);
  const directory = join(dataDir, "jobs", jobId, "states");
  const name = stateFileName({ epoch: 2, size: next.bytes.length, sha256: next.sha256, compressed: false });
  await symlink("/dev/full", join(directory, `${name}.new`));
  const failure = store.put(jobId, next);
  await expect(failure).rejects.toMatchObject({ code: "STORAGE_FAILED", context: { cause: "ENOSPC" } });
  expect(await readdir(directory)).toHaveLength(1);
  await store.put(jobId, next);
  expect(store.list(jobId).map(({ epoch }) => epoch)).toEqual([1, 2]);
});

test("a budget for less than one state stores none, and says so", async () => {
  const failure = open(5_000).put(jobId, state(1));
  await expect(failure).rejects.toMatchObject({ message: expect.stringContaining("budget") });
});

test("what a kill has left half written is no state", async () => {
  const directory = join(dataDir, "jobs", jobId, "states");
  await mkdir(directory, { recursive: true });
  const whole = { epoch: 1, size: 10, sha256: "a".repeat(64), compressed: false };
  await writeFile(join(directory, `${stateFileName(whole)}.new`), "12345");
  await writeFile(join(directory, stateFileName({ ...whole, epoch: 2 })), "12345");
  expect(open().list(jobId)).toEqual([]);
});
