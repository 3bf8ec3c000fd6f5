import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WeightsStore } from "./weights-store.ts";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "cyxwiz-weights-"));
});
afterEach(() => rm(dataDir, { recursive: true }));

test("weights are stored whole, under their hash", async () => {
  const store = new WeightsStore(dataDir);
  const stored = await store.save("job", new TextEncoder().encode("abc"));
  expect(stored).toMatchObject({
    size: 3,
    sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  });
  expect(await readFile(stored.path, "utf8")).toBe("abc");
});

test("a full disk is a failure with a code, and leaves nothing behind", async () => {
  const directory = join(dataDir, "jobs", "job");
  await mkdir(directory, { recursive: true });
  // Whatever is written there fails with ENOSPC, for root as well.
  await symlink("/dev/full", join(directory, "weights.safetensors.part"));
  const store = new WeightsStore(dataDir);
  await expect(store.save("job", new Uint8Array(100))).rejects.toMatchObject({
    code: "STORAGE_FAILED",
    context: { cause: "ENOSPC" },
  });
  expect(await readdir(directory)).toEqual([]);
});

test("weights that were kept for long enough are removed; newer ones and unsent reports stay", async () => {
  const store = new WeightsStore(dataDir);
  const [old, reported, fresh] = await Promise.all(
    ["old", "reported", "fresh"].map((job) => store.save(job, new Uint8Array(8))),
  );
  for (const stored of [old, reported]) await utimes(stored?.path ?? "", 1_000, 1_000);
  await writeFile(join(dataDir, "jobs", "old", "session.json"), "{}");
  await writeFile(join(dataDir, "jobs", "reported", "reports.jsonl"), "{}");
  expect((await store.removeBefore(2_000_000)).sort()).toEqual(["old", "reported"]);
  expect((await readdir(join(dataDir, "jobs"))).sort()).toEqual(["fresh", "reported"]);
  expect(await readdir(join(dataDir, "jobs", "reported"))).toEqual(["reports.jsonl"]);
  expect(await readFile(fresh?.path ?? "")).toHaveLength(8);
});
