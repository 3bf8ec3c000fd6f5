import { join } from "node:path";
import { tokenBalance } from "@cyxwiz/chain";
import { cancellationShares, EscrowOutcome, fetchEscrow } from "@cyxwiz/contracts";
import { createEngine, type Engine, type JobEvent, type JobHandle, loadJobFile } from "@cyxwiz/engine";
import { address } from "@solana/kit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cluster, endTestCluster, spawnPiece, startTestCluster } from "./testing/index.ts";
import { writeSmallJob } from "./testing/small-job.ts";

let cluster: Cluster;
let engine: Engine;

beforeAll(async () => {
  cluster = await startTestCluster();
  engine = createEngine({
    central: { url: cluster.central.url, certificatePem: cluster.central.certificatePem },
    chain: cluster.chain,
    wallet: cluster.engineWallet.signer,
    dataDir: join(cluster.dataDir, "engine"),
  });
});
afterAll(async () => {
  engine?.close();
  await endTestCluster(cluster);
});

const balance = () =>
  tokenBalance(cluster.chain, { owner: cluster.engineWallet.signer.address, mint: cluster.platform.mint });

async function submit(epochs: number): Promise<JobHandle> {
  return engine.submit(await loadJobFile(await writeSmallJob(cluster.dataDir, { epochs })));
}

async function collect(job: JobHandle, onEvent: (event: JobEvent) => void = () => {}): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  try {
    for await (const event of job) {
      events.push(event);
      onEvent(event);
    }
  } catch {
    // The failure is in `result` as well.
  }
  return events;
}

/** Cancels a job at its first event of a kind, once what else has to come before has come. */
async function cancelAt(moment: JobEvent["type"], before = async () => {}): Promise<JobEvent[]> {
  const job = await submit(100_000);
  let cancelling: Promise<void> | undefined;
  const events = await collect(job, (event) => {
    if (event.type === moment) cancelling ??= before().then(() => job.cancel("the test has seen enough"));
  });
  await cancelling;
  await expect(job.result).rejects.toMatchObject({ code: "ABORTED" });
  const types = events.map(({ type }) => type);
  expect(types).toContain(moment);
  expect(types).toContain("refunded");
  expect(types).not.toContain("paid");
  return events;
}

test("a job cancelled before it trains gives every token back", async () => {
  const before = await balance();
  await cancelAt("escrow-confirmed");
  expect(await balance()).toBe(before);
});

test("a job cancelled in the middle of training is paid for as far as it has come, with a tenth of the rest", async () => {
  const before = await balance();
  // The Engine hears of an epoch before Central does, and Central shares out by what it knows.
  const heardByCentral = async () => {
    const epochs = async () => (await engine.jobs({ limit: 1 }))[0]?.epoch;
    await expect.poll(epochs, { timeout: 20_000 }).toBeGreaterThan(0);
  };
  const events = await cancelAt("checkpoint", heardByCentral);
  const made = events.find((event) => event.type === "escrow-created");
  const escrow = await fetchEscrow(cluster.chain.rpc, address(made?.escrow ?? ""), { commitment: "confirmed" });
  expect(escrow.data).toMatchObject({ outcome: EscrowOutcome.CancelledRunning, checkpoints: 100_000 });
  expect(escrow.data.leafCount).toBeGreaterThan(0);
  const shares = cancellationShares(escrow.data.amount, escrow.data);
  expect(await balance()).toBe(before - shares.node);
});

test("a node that has not heard yet that its last job was called off is waited for", async () => {
  const held = await submit(100_000);
  let cancelling: Promise<void> | undefined;
  const events = await collect(held, (event) => {
    // A job that is held has nothing to report, so its node hears of it with the next heartbeat only.
    if (event.type === "checkpoint") {
      cancelling ??= held.control.pause().then(() => held.cancel("the test needs its node"));
    }
  });
  await cancelling;
  expect(events.map(({ type }) => type)).toContain("refunded");
  const { receipt } = await (await submit(1)).result;
  expect(receipt.lines).toHaveLength(3);
});

test("what a crashed Engine has left in escrow comes back when it is asked for", async () => {
  const before = await balance();
  const dataDir = join(cluster.dataDir, "crashed");
  const job = await writeSmallJob(cluster.dataDir, { epochs: 100_000 });
  const crashed = Promise.withResolvers<void>();
  const train = await spawnPiece({
    name: "train",
    args: ["train", job, "--data-dir", dataDir],
    env: cluster.environment,
    logFile: join(cluster.dataDir, "train.log"),
    onEvent: ({ event }) => {
      if (event === "escrow-confirmed") crashed.resolve();
    },
  });
  await crashed.promise;
  await train.kill();
  expect(await balance()).toBeLessThan(before);

  const restarted = createEngine({
    central: { url: cluster.central.url, certificatePem: cluster.central.certificatePem },
    chain: cluster.chain,
    wallet: cluster.engineWallet.signer,
    dataDir,
  });
  const [jobId = ""] = await restarted.unfinished();
  expect(await restarted.recover(jobId)).toBe("refunded");
  expect(await balance()).toBe(before);
  expect(await restarted.unfinished()).toEqual([]);
  await expect(restarted.recover(jobId)).rejects.toMatchObject({ code: "JOB_NOT_FOUND" });
  restarted.close();
});

test("afterwards the node and the slot are free: the next job works, with two readers, one late, and none", async () => {
  const job = await submit(3);
  const early = collect(job);
  const { receipt } = await job.result;
  const late = await collect(job);
  expect(late.filter(({ type }) => type !== "progress")).toEqual(
    (await early).filter(({ type }) => type !== "progress"),
  );
  const unread = await (await submit(1)).result;
  expect(unread.receipt.escrow).toBe(receipt.escrow);
  expect(unread.receipt.lines.map(({ role }) => role)).toEqual(["payer", "node", "platform"]);
});
