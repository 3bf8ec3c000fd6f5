import { execFile } from "node:child_process";
import { chmod, cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { findBinaries } from "./binaries.ts";
import { reachableBinaries } from "./reachable-binaries.ts";
import { databaseUser } from "./run-as.ts";

test("whoever runs the database can run its binaries", async () => {
  const runAs = await databaseUser();
  const { postgres } = await reachableBinaries(await findBinaries(), runAs);
  const { stdout } = await promisify(execFile)(postgres, ["--version"], { ...runAs, cwd: "/" });
  expect(stdout).toMatch(/^postgres \(PostgreSQL\) \d+/);
});

test.skipIf(process.getuid?.() !== 0)("root's closed folders do not stand in the way", async () => {
  const closed = await mkdtemp(join(tmpdir(), "cyxwiz-closed-"));
  onTestFinished(() => rm(closed, { recursive: true }));
  const installed = dirname(dirname(dirname((await findBinaries()).postgres)));
  await cp(installed, closed, { recursive: true, verbatimSymlinks: true });
  await chmod(closed, 0o700);
  const runAs = await databaseUser();
  const bin = (name: string) => join(closed, "native", "bin", name);
  const { initdb } = await reachableBinaries({ initdb: bin("initdb"), postgres: bin("postgres") }, runAs);
  expect(initdb).not.toContain(closed);
  const { stdout } = await promisify(execFile)(initdb, ["--version"], { ...runAs, cwd: "/" });
  expect(stdout).toMatch(/^initdb \(PostgreSQL\) \d+/);
});
