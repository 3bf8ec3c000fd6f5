import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { tokenBalance } from "@cyxwiz/chain";
import { type Cluster, endTestCluster, startTestCluster } from "cyxwiz/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { smallJob, train } from "./support/train.ts";
import { until } from "./support/until.ts";

const NODE = "node-1";
let cluster: Cluster;
let isNodeGone = false;

beforeAll(async () => {
  const patience = ["--silence-seconds", "3", "--heartbeat-seconds", "1"];
  // Without a relay: Central would first wait for the node that is gone to answer there.
  const limits = ["--reservation-seconds", "5", "--start-seconds", "5", "--relay-connections", "0"];
  cluster = await startTestCluster({ centralArgs: [...patience, ...limits] });
}, 120_000);
beforeEach(async () => {
  if (isNodeGone) await cluster.startNode(NODE);
  isNodeGone = false;
}, 60_000);
afterAll(() => endTestCluster(cluster));

const payerTokens = () =>
  tokenBalance(cluster.chain, { owner: cluster.engineWallet.signer.address, mint: cluster.platform.mint });

/** Whether a node has written down that a job is over, or has removed it: one that was stopped is kept for a while. */
async function isOver(jobDirectory: string): Promise<boolean> {
  const record = await readFile(join(jobDirectory, "job.json"), "utf8").catch(() => undefined);
  return record === undefined || "ended" in (JSON.parse(record) as object);
}

test("the engine is killed after its escrow is made: the tokens come back", { timeout: 120_000 }, async () => {
  const before = await payerTokens();
  const training = await train(cluster, await smallJob({ epochs: 3000, rows: 3000 }));
  // Before that the transaction may not have been sent, and then nothing has to come back.
  await training.event("escrow-confirmed");
  await training.piece.kill();
  expect(await payerTokens()).toBeLessThan(before);
  await until("the refund", async () => (await payerTokens()) === before);
});

test("the node is killed while a job runs: the tokens come back, and a node that comes back later is free", {
  timeout: 120_000,
}, async () => {
  const before = await payerTokens();
  const training = await train(cluster, await smallJob({ epochs: 3000, rows: 3000 }));
  await training.event("checkpoint");
  expect(await payerTokens()).toBeLessThan(before);
  isNodeGone = true;
  await cluster.nodes.at(-1)?.piece.kill();
  expect(await training.piece.exited).toMatchObject({ code: 1 });
  expect(training.events.map(({ event }) => event)).toContain("refunded");
  expect(await payerTokens()).toBe(before);

  // It finds the job on its disk, and Central does not want it any more.
  await cluster.startNode(NODE);
  isNodeGone = false;
  const { jobId } = await training.event("quoted");
  await until("the end of the job on the node", () => isOver(join(cluster.dataDir, NODE, "jobs", String(jobId))));
  const next = await train(cluster, await smallJob({ epochs: 2 }));
  await next.event("paid");
  expect(await next.piece.exited).toMatchObject({ code: 0 });
});

test("Central is killed while a job runs, comes back, and the job is paid", { timeout: 120_000 }, async () => {
  const training = await train(cluster, await smallJob({ epochs: 60, rows: 3000 }));
  await training.event("checkpoint");
  await cluster.central.piece.kill();
  await cluster.restartCentral();
  await training.event("paid");
  expect(await training.piece.exited).toMatchObject({ code: 0 });
});
