import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSignableMessage } from "@solana/kit";
import { expect, onTestFinished, test } from "vitest";
import { createKeypairFile, loadKeypairFile, loadOrCreateKeypairFile } from "./index.ts";

async function directory() {
  const path = await mkdtemp(join(tmpdir(), "keypair-"));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

test("a wallet that was made is read back, and only its user can read it", async () => {
  const path = join(await directory(), "new", "wallet.json");
  const made = await createKeypairFile(path);
  const loaded = await loadKeypairFile(path);
  expect(loaded.address).toBe(made.address);
  const message = createSignableMessage("hello");
  expect(await loaded.signMessages([message])).toEqual(await made.signMessages([message]));
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(path, "utf8"))).toHaveLength(64);
  expect((await loadOrCreateKeypairFile(path)).address).toBe(made.address);
});

test("a file that is there is never replaced", async () => {
  const path = join(await directory(), "wallet.json");
  const { address } = await loadOrCreateKeypairFile(path);
  await expect(createKeypairFile(path)).rejects.toMatchObject({ code: "CONFIG_INVALID", context: { source: path } });
  expect((await loadKeypairFile(path)).address).toBe(address);
});

test("what is no wallet is refused, and its content stays secret", async () => {
  const path = join(await directory(), "wallet.json");
  await expect(loadKeypairFile(path)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  const secrets = Array.from({ length: 64 }, () => 217);
  for (const content of ["[217,217", "{}", JSON.stringify(secrets), JSON.stringify(secrets.slice(1)), '["217"]']) {
    await writeFile(path, content);
    const error = await loadOrCreateKeypairFile(path).catch((reason) => reason);
    expect(error).toMatchObject({ code: "CONFIG_INVALID", context: { source: path } });
    expect(error.message).not.toContain("217");
    expect(error.cause).toBeUndefined();
  }
});
