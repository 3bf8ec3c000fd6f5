import { createHash, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { tokenBalance } from "@cyxwiz/chain";
import { cancellationShares, fetchEscrow } from "@cyxwiz/contracts";
import { address } from "@solana/kit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cluster, endTestCluster, type PieceEvent, spawnPiece, startTestCluster } from "../testing/index.ts";
import { lastOf, runHere } from "../testing/run-here.ts";
import { writeSmallJob } from "../testing/small-job.ts";

let cluster: Cluster;
let dataDir: string;

beforeAll(async () => {
  cluster = await startTestCluster({ centralArgs: ["--heartbeat-seconds", "1"] });
  dataDir = join(cluster.dataDir, "engine");
});
afterAll(() => endTestCluster(cluster));

const balance = () =>
  tokenBalance(cluster.chain, { owner: cluster.engineWallet.signer.address, mint: cluster.platform.mint });

/** The flags that the environment gives to other processes, for commands in this one. */
function flags(): string[] {
  const { CYXWIZ_WALLET = "", CYXWIZ_CENTRAL_URL = "", CYXWIZ_CENTRAL_CERTIFICATE = "" } = cluster.environment;
  const central = ["--central-url", CYXWIZ_CENTRAL_URL, "--central-certificate", CYXWIZ_CENTRAL_CERTIFICATE];
  const chain = ["--rpc-url", cluster.rpcUrl, "--ws-url", cluster.wsUrl];
  return ["--wallet", CYXWIZ_WALLET, ...central, ...chain, "--data-dir", dataDir, "--json"];
}

async function job(command: string, ...more: readonly string[]): Promise<Record<string, unknown>> {
  const { code, output } = await runHere(["job", ...command.split(" "), ...more, ...flags()]);
  if (code !== 0) throw new Error(`cyxwiz job ${command} ended with ${code}: ${output}`);
  return lastOf(output);
}

/** A process whose events can be waited for, also those that have come before. */
async function spawn(name: string, ...args: readonly string[]) {
  const events: PieceEvent[] = [];
  let heard = Promise.withResolvers<void>();
  const piece = await spawnPiece({
    name,
    args: [...args, "--data-dir", dataDir],
    env: cluster.environment,
    logFile: join(cluster.dataDir, `${name.replaceAll(" ", "-")}.log`),
    onEvent: (event) => {
      events.push(event);
      heard.resolve();
      heard = Promise.withResolvers();
    },
  });
  const seen = async (type: string): Promise<PieceEvent> => {
    for (;;) {
      const found = events.find(({ event }) => event === type);
      if (found) return found;
      await heard.promise;
    }
  };
  return { ...piece, events, seen };
}

/** The names in the head of a safetensors file. */
async function tensorsIn(path: string): Promise<string[]> {
  const file = await readFile(path);
  return Object.keys(JSON.parse(file.subarray(8, 8 + Number(file.readBigUInt64LE())).toString()));
}

const train = async (epochs: number, more: { rows?: number; batchSize?: number } = {}) =>
  spawn("train", "train", await writeSmallJob(cluster.dataDir, { epochs, ...more }));

test("a job whose Engine was killed is held, changed and seen through from another process", async () => {
  const epochs = 100;
  // Slow until the batches are larger, so that it is not over before it is held.
  const first = await train(epochs, { rows: 1_000, batchSize: 4 });
  const jobId = String((await first.seen("quoted")).jobId);
  await first.seen("checkpoint");
  await first.kill();

  const held = await job(`pause ${jobId}`);
  expect(await job("list")).toMatchObject({ jobs: [{ jobId, status: "IN_PROGRESS", unfinished: true }] });
  const path = join(cluster.dataDir, "checkpoint.safetensors");
  const checkpoint = await job(`checkpoint ${jobId}`, "--output", path);
  expect(checkpoint).toMatchObject({ jobId, epoch: expect.any(Number), hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(await tensorsIn(path)).toContain("dense/kernel");
  const set = await job(`set ${jobId}`, "--learning-rate", "0.005", "--batch-size", "50");
  expect(set.firstEpoch).toBeGreaterThan(held.epoch as number);

  const second = await spawn("attach", "job", "attach", jobId);
  await second.seen("checkpoint");
  await job(`resume ${jobId}`);
  const result = await second.seen("result");
  expect(await second.exited).toMatchObject({ code: 0 });
  const hashes = second.events.filter(({ event }) => event === "checkpoint");
  expect(hashes.map(({ epoch }) => epoch)).toEqual(Array.from({ length: epochs }, (_, index) => index + 1));
  expect(hashes.find(({ epoch }) => epoch === checkpoint.epoch)?.hash).toBe(checkpoint.hash);
  expect(second.events.map(({ message }) => message)).toContain(
    `From epoch ${set.firstEpoch} on: learning_rate = 0.005, batch_size = 50.`,
  );
  const weights = await readFile(join(cluster.dataDir, "weights.safetensors"));
  expect(createHash("sha256").update(weights).digest("hex")).toBe(result.resultHash);
  expect(result.receipt).toMatchObject({ jobId, lines: [{ role: "payer" }, { role: "node" }, { role: "platform" }] });
  expect(await job("list --limit 1")).toMatchObject({ jobs: [{ jobId, status: "COMPLETED", unfinished: false }] });
  await expect(job(`pause ${jobId}`)).rejects.toThrow("JOB_ILLEGAL_MOVE");

  // The order is part of the job: with it, the epoch that it began with and those after it replay to the same bits.
  const verification = await runHere(["verify", jobId, "--epoch", String(Number(set.firstEpoch) + 1), ...flags()]);
  expect(verification.code, verification.output).toBe(0);
  expect(lastOf(verification.output)).toMatchObject({ event: "verdict", holds: true, epochs });
}, 90_000);

test("a job that has ended while nobody followed it gives its weights and its receipt afterwards", async () => {
  const first = await train(3);
  const jobId = String((await first.seen("quoted")).jobId);
  await first.seen("accepted");
  await first.kill();
  await expect
    .poll(async () => (await job("list --limit 1")).jobs, { timeout: 30_000 })
    .toMatchObject([{ jobId, status: "COMPLETED", unfinished: true }]);
  const second = await spawn("attach", "job", "attach", jobId, "--output", join(cluster.dataDir, "late.safetensors"));
  const result = await second.seen("result");
  expect(await second.exited).toMatchObject({ code: 0 });
  const weights = await readFile(join(cluster.dataDir, "late.safetensors"));
  expect(createHash("sha256").update(weights).digest("hex")).toBe(result.resultHash);
  expect(second.events.filter(({ event }) => event === "checkpoint").map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  expect(await job("list --limit 1")).toMatchObject({ jobs: [{ jobId, unfinished: false }] });
  expect(await job(`rate ${jobId} 4`)).toMatchObject({ event: "rated", jobId, stars: 4 });
  await expect(job(`rate ${jobId} 5`)).rejects.toThrow("NOT_POSSIBLE_NOW");
  await expect(job(`rate ${jobId} six`)).rejects.toThrow("expected 0 to 5");
}, 60_000);

test("a job cancelled from another process is shared out by what is done, and leaves its partial model", async () => {
  const before = await balance();
  const first = await train(50_000);
  const jobId = String((await first.seen("quoted")).jobId);
  const escrow = address(String((await first.seen("escrow-created")).escrow));
  await first.seen("checkpoint");
  const partial = join(cluster.dataDir, "partial.safetensors");
  const cancelled = await job(`cancel ${jobId}`, "--partial", partial, "--yes", "--reason", "seen enough");
  expect(cancelled).toMatchObject({ recovery: "refunded", partial, epochs: expect.any(Number) });
  expect(await tensorsIn(partial)).toContain("dense/kernel");
  const { data } = await fetchEscrow(cluster.chain.rpc, escrow, { commitment: "confirmed" });
  expect(data.leafCount).toBe(cancelled.epochs);
  expect(await balance()).toBe(before - cancellationShares(data.amount, data).node);
  // Its own process hears of it.
  expect(await first.exited).toMatchObject({ code: 1 });
  await expect(job(`cancel ${jobId}`, "--yes")).rejects.toThrow("JOB_ENDED");
}, 60_000);

test("a paused job that is cancelled at Central: its node hears of it and keeps the partial model", async () => {
  const before = await balance();
  const first = await train(50_000);
  const jobId = String((await first.seen("quoted")).jobId);
  const escrow = address(String((await first.seen("escrow-created")).escrow));
  await first.seen("checkpoint");
  await job(`pause ${jobId}`);
  // Told to end, it cancels the job at Central. The node reports nothing meanwhile, so a heartbeat has to tell it.
  await first.stop(20_000);
  const partial = join(cluster.dataDir, "called-off.safetensors");
  const fetched = () => job(`cancel ${jobId}`, "--partial", partial, "--yes").catch(({ message }) => message);
  await expect.poll(fetched, { timeout: 20_000 }).toMatchObject({ recovery: "refunded", partial });
  expect(await tensorsIn(partial)).toContain("dense/kernel");
  const { data } = await fetchEscrow(cluster.chain.rpc, escrow, { commitment: "confirmed" });
  expect(data.leafCount).toBeGreaterThan(0);
  expect(await balance()).toBe(before - cancellationShares(data.amount, data).node);
}, 60_000);

test("a job that only Central could know is not called unknown while Central cannot be reached", async () => {
  const nobody = ["--central-url", "https://127.0.0.1:1"];
  await expect(job(`cancel ${randomUUID()}`, "--yes")).rejects.toThrow("JOB_NOT_FOUND");
  const { code, output } = await runHere(["job", "cancel", randomUUID(), "--yes", ...flags(), ...nobody]);
  expect({ code, error: lastOf(output) }).toMatchObject({ code: 1, error: { code: "UNREACHABLE" } });
});

test("of two jobs the second starts on the first one's session, without its data being sent again", async () => {
  const path = await writeSmallJob(cluster.dataDir);
  const both = await spawn("train", "train", path, path);
  expect(await both.exited).toMatchObject({ code: 0 });
  const of = (type: string) => both.events.filter(({ event }) => event === type);
  const [first, second] = of("result");
  expect(second?.jobId).not.toBe(first?.jobId);
  expect(second).toMatchObject({ resultHash: first?.resultHash, receipt: { lines: [{}, {}, {}] } });
  expect(of("connected").map(({ again }) => again)).toEqual([false, true]);
  expect(of("accepted").map(({ datasetBytes }) => datasetBytes === 0)).toEqual([false, true]);
  expect(of("authorized")).toHaveLength(2);
}, 60_000);
