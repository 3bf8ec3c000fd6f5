import { fetchNode, findNodeAddress } from "@cyxwiz/contracts";
import { StatusCode } from "@cyxwiz/protocol";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { TestEngine } from "./testing/test-engine.ts";
import { TestNode } from "./testing/test-node.ts";
import { FORGIVING, TestWorld } from "./testing/test-world.ts";

let world: TestWorld;
let node: TestNode;
let engine: TestEngine;
let slot = 0;

beforeAll(async () => {
  world = await TestWorld.start({ jobsPerWalletPerDay: 20 }, FORGIVING);
  [node, engine] = await Promise.all([TestNode.join(world), TestEngine.create(world)]);
});

afterEach(async () => {
  world.skewMs = 0;
  // Failures in one second are failures in one window, however short that is.
  await world.advanceChain(1);
  await node.calls.heartbeat({ nodeId: node.nodeId });
});

afterAll(async () => {
  node?.close();
  engine?.close();
  await world?.close();
});

async function runningJob() {
  const before = await world.balance(engine.wallet.address);
  const quote = await engine.submit();
  const signature = await engine.pay(quote, { slot: ++slot });
  const { authToken } = await engine.confirm(quote.jobId, signature);
  const job = await node.redeem(authToken);
  await node.start(job);
  return { jobId: quote.jobId, job, before };
}

async function expectRefund(jobId: string, before: bigint): Promise<void> {
  await engine.until(jobId, StatusCode.STATUS_REFUNDED);
  expect(await world.balance(engine.wallet.address)).toBe(before);
  const { settlement } = await engine.jobs.getJobStatus({ jobId });
  expect(settlement).toMatchObject({ refunded: settlement?.escrowAmount, paidToNode: 0n });
  expect(settlement?.refundTxSignature).not.toBe("");
}

test("a node silent for 120 s has failed its job, and the payer gets everything back", async () => {
  const { jobId, before } = await runningJob();
  world.skewMs = 121_000;
  await expectRefund(jobId, before);
  const { status } = await engine.jobs.getJobStatus({ jobId });
  expect(status?.error?.message).toContain("silent");
  const beat = await node.calls.heartbeat({ nodeId: node.nodeId, activeJobs: [jobId] });
  expect(beat.jobsToCancel).toEqual([jobId]);
});

test("a node that lives but no longer knows its job has failed it too", async () => {
  const { jobId, before } = await runningJob();
  world.skewMs = 60_000;
  await node.calls.heartbeat({ nodeId: node.nodeId, activeJobs: [jobId] });
  world.skewMs = 130_000;
  await node.calls.heartbeat({ nodeId: node.nodeId });
  expect((await engine.jobs.getJobStatus({ jobId })).status?.status).toBe(StatusCode.STATUS_IN_PROGRESS);
  world.skewMs = 200_000;
  await node.calls.heartbeat({ nodeId: node.nodeId });
  await expectRefund(jobId, before);
});

test("a failure that the node reports gives everything back, and the node is free again", async () => {
  const { jobId, before } = await runningJob();
  const failed = { nodeId: node.nodeId, jobId, finalStatus: StatusCode.STATUS_FAILED, errorMessage: "out of memory" };
  await node.status.reportJobResult(failed);
  await expectRefund(jobId, before);
  await node.status.reportJobResult(failed);
  expect((await engine.jobs.getJobStatus({ jobId })).status?.error?.message).toContain("out of memory");
  const next = await engine.submit();
  await engine.jobs.cancelJob({ jobId: next.jobId });
});

test("links of the chain are checked as they come, and may come again unchanged", async () => {
  const { jobId, job, before } = await runningJob();
  const work = node.train(job, 4);
  const report = (commitments: typeof work.links, currentEpoch = 0, metrics = {}) =>
    node.calls.reportProgress({ nodeId: node.nodeId, jobId, currentEpoch, commitments, metrics });
  const [start, first, second, third] = work.links as [never, never, never, never];
  const invalid = (problem: string) => ({
    code: "PROOF_INVALID",
    context: { problem: expect.stringContaining(problem) },
  });

  await expect(report([first])).rejects.toMatchObject(invalid("epoch 1 where 0 comes next"));
  const forgedStart = { ...(start as object), checkpointHash: "ab".repeat(32) } as never;
  await expect(report([forgedStart])).rejects.toMatchObject(invalid("does not start"));
  expect((await report([start, first])).continueJob).toBe(true);
  await report([start, first]);
  await expect(report([third])).rejects.toMatchObject(invalid("epoch 3 where 2 comes next"));
  const forged = { ...(second as object), stateHash: "cd".repeat(32) } as never;
  await expect(report([forged])).rejects.toMatchObject(invalid("does not follow"));
  await expect(report([second], 2, { loss: 0.1 })).rejects.toMatchObject(invalid("metrics"));
  await report([second]);
  const rewritten = { ...(second as object), checkpointHash: "ef".repeat(32) } as never;
  await expect(report([rewritten])).rejects.toMatchObject(invalid("differently"));
  await node.status.updateJobStatus({ nodeId: node.nodeId, jobId, status: StatusCode.STATUS_FAILED });
  await expectRefund(jobId, before);
});

test("an invalid proof may be handed in again once; after the second the payer gets everything back, and a quarter of the stake is gone", async () => {
  const stakeBefore = await staked();
  const { jobId, job, before } = await runningJob();
  const work = node.train(job, 3);
  await node.report(jobId, work);
  const wrong = { ...work, root: "ab".repeat(32) };
  await expect(node.complete(jobId, wrong)).rejects.toMatchObject({ code: "PROOF_INVALID" });
  expect((await engine.jobs.getJobStatus({ jobId })).status?.status).toBe(StatusCode.STATUS_IN_PROGRESS);
  await expect(node.complete(jobId, work, engine.wallet)).rejects.toMatchObject({ code: "PROOF_INVALID" });
  await expectRefund(jobId, before);
  expect(await staked()).toBe((stakeBefore * 3n) / 4n);
});

async function staked(): Promise<bigint> {
  const at = { commitment: "confirmed" } as const;
  return (await fetchNode(world.chain.rpc, await findNodeAddress(node.wallet.address), at)).data.staked;
}

test("a job with a link missing is not paid", async () => {
  const { jobId, job, before } = await runningJob();
  const work = node.train(job, 2);
  const commitments = work.links;
  await node.calls.reportProgress({
    nodeId: node.nodeId,
    jobId,
    currentEpoch: 2,
    commitments,
    metrics: work.metrics(2),
  });
  // The job has three epochs.
  await expect(node.complete(jobId, work)).rejects.toMatchObject({ code: "PROOF_INVALID" });
  await expect(engine.jobs.deleteJob({ jobId })).rejects.toMatchObject({ code: "JOB_ILLEGAL_MOVE" });
  await node.status.reportJobResult({ nodeId: node.nodeId, jobId, finalStatus: StatusCode.STATUS_CANCELLED });
  await expectRefund(jobId, before);
  await engine.jobs.deleteJob({ jobId });
  await expect(engine.jobs.getJobStatus({ jobId })).rejects.toMatchObject({ code: "JOB_NOT_FOUND" });
});

test("a payer who takes the escrow back on chain has it back, and the job ends as refunded", async () => {
  const before = await world.balance(engine.wallet.address);
  const quote = await engine.submit();
  const signature = await engine.pay(quote, { slot: ++slot });
  const { authToken } = await engine.confirm(quote.jobId, signature);
  const job = await node.redeem(authToken);
  await engine.takeBack(job.escrowAddress);
  await expect(node.start(job)).rejects.toMatchObject({ code: "TRANSACTION_FAILED" });
  const report = { nodeId: node.nodeId, jobId: quote.jobId, finalStatus: StatusCode.STATUS_FAILED };
  await node.status.reportJobResult({ ...report, errorMessage: "its escrow is gone" });
  await engine.until(quote.jobId, StatusCode.STATUS_REFUNDED);
  expect(await world.balance(engine.wallet.address)).toBe(before);
});

test("a job whose node never starts on chain is not paid, and its escrow comes back", async () => {
  const before = await world.balance(engine.wallet.address);
  const quote = await engine.submit();
  const { authToken } = await engine.confirm(quote.jobId, await engine.pay(quote, { slot: ++slot }));
  const job = await node.redeem(authToken);
  await node.calls.notifyJobAccepted({ nodeId: node.nodeId, jobId: quote.jobId });
  const work = node.train(job, 3);
  await node.report(quote.jobId, work);
  expect((await node.complete(quote.jobId, work)).status).toBe(StatusCode.STATUS_PENDING);
  world.skewMs = 700_000;
  await expectRefund(quote.jobId, before);
});
