import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Address, generateKeyPairSigner } from "@solana/kit";
import { expect, onTestFinished, test } from "vitest";
import { Bank } from "./ledger/bank.ts";
import { clientFor, startForTest, type TestClient, transfer } from "./testing/client.ts";

async function dataDirectory() {
  const dataDir = await mkdtemp(join(tmpdir(), "localnet-"));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  return { dataDir, journal: join(dataDir, "ledger.jsonl") };
}

const finalized = { commitment: "finalized" } as const;

/** Everything that must be the same after a restart. */
async function facts({ rpc }: Pick<TestClient, "rpc">, address: Parameters<typeof rpc.getBalance>[0]) {
  const processed = { commitment: "processed" } as const;
  const signatures = await rpc.getSignaturesForAddress(address, { commitment: "confirmed" }).send();
  const [first] = signatures;
  const transaction =
    first &&
    (await rpc
      .getTransaction(first.signature, { commitment: "confirmed", encoding: "json", maxSupportedTransactionVersion: 0 })
      .send());
  return {
    genesis: await rpc.getGenesisHash().send(),
    identity: await rpc.getIdentity().send(),
    balance: (await rpc.getBalance(address, processed).send()).value,
    signatures: signatures.map(({ confirmationStatus: _, ...rest }) => rest),
    transaction,
    transactionCount: await rpc.getTransactionCount(processed).send(),
  };
}

test("everything is there again after a restart", async () => {
  const { dataDir } = await dataDirectory();
  const nowMs = () => 1_700_000_000_000;
  const before = await startForTest({ dataDir, nowMs });
  const payer = await before.fundedWallet();
  const friend = await generateKeyPairSigner();
  const early = await before.sign(payer, [transfer(payer, friend.address, 5_000_000n)]);
  await before.send((await before.sign(payer, [transfer(payer, friend.address, 1_000_000n)])).wire);
  before.localnet.advanceTime(86_400);
  await before.localnet.advanceSlots(3);
  const known = await facts(before, friend.address);
  const slot = await before.rpc.getSlot({ commitment: "confirmed" }).send();
  await before.localnet.close();

  const after = await startForTest({ dataDir, nowMs });
  expect(await facts(after, friend.address)).toEqual(known);
  expect(known.signatures).toHaveLength(1);
  expect(await after.rpc.getSlot(finalized).send()).toBe(slot);
  expect(await after.rpc.getBlockTime(slot).send()).toBe(1_700_086_400n);
  // A blockhash from before is still good, and what has landed does not land again.
  await after.send(early.wire);
  await after.localnet.close();
  const third = await startForTest({ dataDir, nowMs });
  await expect(third.send(early.wire)).rejects.toThrow();
  expect((await third.rpc.getBalance(friend.address, finalized).send()).value).toBe(6_000_000n);
  await third.localnet.close();
});

test("kill -9 loses nothing that was answered", async () => {
  const { dataDir } = await dataDirectory();
  const script = join(import.meta.dirname, "testing", "localnet-process.ts");
  const child = spawn(process.execPath, [script, JSON.stringify({ dataDir, slotMs: 20 })], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface(child.stdout), "line");
  const urls = JSON.parse(line as string);
  const net = clientFor({ ...urls, advanceSlots: async () => {} });
  const friend = await generateKeyPairSigner();
  let answered = 0;
  let running = true;
  const sending = (async () => {
    const payer = await net.fundedWallet();
    for (let amount = 1_000_000n; running; amount += 1n) {
      try {
        await net.send((await net.sign(payer, [transfer(payer, friend.address, amount)])).wire);
        answered += 1;
        if (answered === 40) child.kill("SIGKILL");
      } catch (error) {
        // Its connection breaks in the middle of things; before that nothing may fail.
        if (answered < 40) throw error;
      }
    }
  })();
  await once(child, "exit");
  running = false;
  await sending;

  const after = await startForTest({ dataDir });
  const { value } = await after.rpc.getBalance(friend.address, finalized).send();
  const listed = await after.rpc.getSignaturesForAddress(friend.address, finalized).send();
  // The one that was under way when it was killed may or may not have made it.
  expect(listed.length - answered).toBeGreaterThanOrEqual(0);
  expect(listed.length - answered).toBeLessThanOrEqual(1);
  const count = BigInt(listed.length);
  expect(value).toBe(count * 1_000_000n + (count * (count - 1n)) / 2n);
  const payer = await after.fundedWallet();
  await after.send((await after.sign(payer, [transfer(payer, friend.address, 7n)])).wire);
  expect((await after.rpc.getBalance(friend.address, { commitment: "processed" }).send()).value).toBe(value + 7n);
  await after.localnet.close();
});

test("a last line that was cut off is dropped; damage anywhere else is not guessed at", async () => {
  const { dataDir, journal } = await dataDirectory();
  const first = await startForTest({ dataDir });
  const wallet = await first.fundedWallet();
  await first.localnet.close();
  const whole = await readFile(journal);
  for (const tail of ["7f", "00000000 {}\n", "\n"]) {
    await appendFile(journal, tail);
    const again = await startForTest({ dataDir });
    expect((await again.rpc.getBalance(wallet.address, finalized).send()).value).toBe(10_000_000_000n);
    await again.localnet.close();
    expect((await readFile(journal)).subarray(0, whole.length)).toEqual(whole);
    await truncate(journal, whole.length);
  }
  const damaged = Buffer.from(whole);
  damaged[40]! ^= 1;
  await writeFile(journal, damaged);
  await expect(startForTest({ dataDir })).rejects.toMatchObject({ code: "LOCALNET_JOURNAL_DAMAGED" });
  // Refusing has let go of the directory.
  await writeFile(journal, whole);
  await (await startForTest({ dataDir })).localnet.close();
});

test("a ledger cut off at any byte still starts", async () => {
  const { dataDir, journal } = await dataDirectory();
  const first = await startForTest({ dataDir });
  const genesis = await first.rpc.getGenesisHash().send();
  await first.fundedWallet();
  await first.localnet.close();
  const whole = await readFile(journal);
  const firstLine = whole.indexOf(10) + 1;
  for (let length = 0; length <= whole.length; length += 97) {
    await writeFile(journal, whole.subarray(0, length));
    const again = await startForTest({ dataDir });
    if (length >= firstLine) expect(await again.rpc.getGenesisHash().send()).toBe(genesis);
    const wallet = await again.fundedWallet();
    expect((await again.rpc.getBalance(wallet.address).send()).value).toBe(10_000_000_000n);
    await again.localnet.close();
  }
});

test("the journal is compacted while transactions go on", async () => {
  const { dataDir, journal } = await dataDirectory();
  const net = await startForTest({ dataDir, compactBytes: 20_000 });
  const payer = await net.fundedWallet();
  const friend = await generateKeyPairSigner();
  await net.send((await net.sign(payer, [transfer(payer, friend.address, 1_000_000n)])).wire);
  const sizes: number[] = [];
  for (let amount = 0n; amount < 60n; amount += 1n) {
    await net.send((await net.sign(payer, [transfer(payer, friend.address, amount)])).wire);
    await net.localnet.advanceSlots(40);
    sizes.push((await stat(journal)).size);
  }
  expect(sizes.some((size, index) => index > 0 && size < sizes[index - 1]!)).toBe(true);
  const known = await facts(net, friend.address);
  await net.localnet.close();
  const again = await startForTest({ dataDir });
  expect(await facts(again, friend.address)).toEqual(known);
  await again.localnet.close();
});

test("a program that was loaded once is there without being named again", async () => {
  const { dataDir } = await dataDirectory();
  const elf = new Bank().account("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL" as Address)!.data;
  const { address } = await generateKeyPairSigner();
  await (await startForTest({ dataDir, programs: [{ address, elf }] })).localnet.close();
  const net = await startForTest({ dataDir });
  const payer = await net.fundedWallet();
  const { wire } = await net.sign(payer, [{ programAddress: address, data: new Uint8Array([9]) }]);
  const { value } = await net.rpc.simulateTransaction(wire, { encoding: "base64", commitment: "confirmed" }).send();
  expect(value.err).toEqual({ InstructionError: [0n, "InvalidInstructionData"] });
  await net.localnet.close();
});

test("two localnets don't share a directory", async () => {
  const { dataDir } = await dataDirectory();
  const net = await startForTest({ dataDir });
  await expect(startForTest({ dataDir })).rejects.toMatchObject({ code: "LOCALNET_DATA_IN_USE" });
  await net.localnet.close();
  // One that was killed leaves its lock behind. This number is above what Linux hands out.
  await writeFile(join(dataDir, "lock"), "99999999\n");
  await (await startForTest({ dataDir })).localnet.close();
});
