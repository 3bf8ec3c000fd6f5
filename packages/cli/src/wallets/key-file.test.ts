import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createKeyFile, readKeyFile, readOrCreateKeyFile } from "./key-file.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "cyxwiz-keys-"));
});
afterAll(() => rm(directory, { recursive: true }));

test("a new key is for its owner's eyes only, is read back, and is never replaced", async () => {
  const path = join(directory, "deeper", "wallet.json");
  const { address } = await createKeyFile(path);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await readKeyFile(path)).address).toBe(address);
  await expect(createKeyFile(path)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  expect((await readOrCreateKeyFile(path)).address).toBe(address);
});

test("what is no key file is refused without showing its content", async () => {
  const path = join(directory, "bad.json");
  for (const text of [
    "",
    "secret",
    "[1,2,3]",
    JSON.stringify(Array(64).fill(300)),
    JSON.stringify(Array(64).fill(7)),
  ]) {
    await writeFile(path, text);
    const failure = await readKeyFile(path).catch((error: Error) => error);
    expect(failure).toMatchObject({ code: "CONFIG_INVALID" });
    if (text.length > 4) expect(String(failure)).not.toContain(text.slice(0, 6));
  }
  await expect(readKeyFile(join(directory, "none.json"))).rejects.toMatchObject({ code: "CONFIG_INVALID" });
});
