import { sendAndConfirm } from "@cyxwiz/chain";
import {
  fetchEscrow,
  findEscrowAddress,
  getAnchorRootInstructionAsync,
  getCommitProofInstructionAsync,
} from "@cyxwiz/contracts";
import { StatusCode } from "@cyxwiz/protocol";
import { address } from "@solana/kit";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { TestEngine } from "./testing/test-engine.ts";
import { TestNode } from "./testing/test-node.ts";
import { FORGIVING, TestWorld } from "./testing/test-world.ts";

const RESERVATION_SECONDS = 3;
const DEADLINE_SECONDS = 4_000;

let world: TestWorld;
let node: TestNode;
let engine: TestEngine;
let before: bigint;
let slot = 0;

beforeAll(async () => {
  world = await TestWorld.start(
    {
      reservationSeconds: RESERVATION_SECONDS,
      escrowDeadlineSeconds: DEADLINE_SECONDS,
      paymentWaitSeconds: 1,
    },
    FORGIVING,
  );
  [node, engine] = await Promise.all([TestNode.join(world), TestEngine.create(world)]);
  before = await world.balance(engine.wallet.address);
});

// Whatever a node does, the payer of a job that wasn't done has everything back.
afterEach(async () => {
  world.skewMs = 0;
  await node.calls.heartbeat({ nodeId: node.nodeId });
  expect(await world.balance(engine.wallet.address)).toBe(before);
});

afterAll(async () => {
  node?.close();
  engine?.close();
  await world?.close();
});

async function runningJob() {
  const quote = await engine.submit();
  const { authToken } = await engine.confirm(quote.jobId, await engine.pay(quote, { slot: ++slot }));
  const job = await node.redeem(authToken);
  await node.start(job);
  return { jobId: quote.jobId, job };
}

/** What the node does behind Central's back; hashes are all of one byte. */
async function onChain(escrow: string, what: { commit: number } | { anchor: number; leafCount: number }) {
  const { nonce } = (await fetchEscrow(world.chain.rpc, address(escrow), { commitment: "confirmed" })).data;
  const use = { authority: node.wallet, escrow: address(escrow), nonce };
  const hash = (byte: number) => new Uint8Array(32).fill(byte);
  const instruction =
    "commit" in what
      ? await getCommitProofInstructionAsync({ ...use, commitment: hash(what.commit) })
      : await getAnchorRootInstructionAsync({ ...use, root: hash(what.anchor), leafCount: what.leafCount });
  await sendAndConfirm(world.chain, { what: "Anchor", instructions: [instruction], feePayer: node.wallet });
}

async function completeHonestly({ jobId, job }: Awaited<ReturnType<typeof runningJob>>): Promise<void> {
  const work = node.train(job, 3);
  await node.report(jobId, work);
  expect((await node.complete(jobId, work)).status).toBe(StatusCode.STATUS_PENDING);
}

test("a node that uses up both proofs on chain itself is not paid, and does not lock its payer's tokens", async () => {
  const running = await runningJob();
  await onChain(running.job.escrowAddress, { commit: 7 });
  await onChain(running.job.escrowAddress, { commit: 8 });
  await completeHonestly(running);
  await engine.until(running.jobId, StatusCode.STATUS_REFUNDED);
  const { status } = await engine.jobs.getJobStatus({ jobId: running.jobId });
  expect(status?.error?.message).toContain("another root");
});

test("a payer who cancels does not pay for progress that its node has only made up", async () => {
  const running = await runningJob();
  await onChain(running.job.escrowAddress, { anchor: 7, leafCount: 3 });
  await engine.jobs.cancelJob({ jobId: running.jobId });
  await engine.until(running.jobId, StatusCode.STATUS_REFUNDED);
});

test("an escrow that its node started before it was shown comes back when the reservation ends", async () => {
  const quote = await engine.submit();
  const signature = await engine.pay(quote, { slot: ++slot });
  await startUnasked();
  await expect(engine.confirm(quote.jobId, signature)).rejects.toMatchObject({
    code: "ESCROW_MISMATCH",
    context: { field: "state" },
  });
  await engine.until(quote.jobId, StatusCode.STATUS_REFUNDED);
});

test("an escrow that was never shown comes back after the job was cancelled, too", async () => {
  const quote = await engine.submit();
  await engine.pay(quote, { slot: ++slot });
  expect(await engine.jobs.cancelJob({ jobId: quote.jobId })).toMatchObject({ refundIssued: false });
  await expect
    .poll(async () => (await engine.jobs.getJobStatus({ jobId: quote.jobId })).status?.status, { timeout: 25_000 })
    .toBe(StatusCode.STATUS_REFUNDED);
});

test("a node that lives, says that it works, and never ends is given up at the escrow's deadline", async () => {
  const { jobId } = await runningJob();
  for (let skewMs = 0; skewMs <= (DEADLINE_SECONDS + 100) * 1_000; skewMs += 100_000) {
    world.skewMs = skewMs;
    await node.calls.heartbeat({ nodeId: node.nodeId, activeJobs: [jobId] });
  }
  await engine.until(jobId, StatusCode.STATUS_REFUNDED);
  const { status } = await engine.jobs.getJobStatus({ jobId });
  expect(status?.error?.message).toContain("deadline");
});

test("no more epochs are taken than were agreed, and none from before the one it follows", async () => {
  const { jobId, job } = await runningJob();
  const late = node.train(job, 3, [0n, 0n, -60n, 0n]);
  await expect(node.report(jobId, late)).rejects.toMatchObject({
    code: "PROOF_INVALID",
    context: { problem: expect.stringContaining("before") },
  });
  await node.status.reportJobResult({ nodeId: node.nodeId, jobId, finalStatus: StatusCode.STATUS_FAILED });
  await engine.until(jobId, StatusCode.STATUS_REFUNDED);
  const next = await runningJob();
  const work = node.train(next.job, 4);
  await expect(node.report(next.jobId, work)).rejects.toMatchObject({
    code: "PROOF_INVALID",
    context: { problem: expect.stringContaining("3 epochs") },
  });
  await node.status.reportJobResult({ nodeId: node.nodeId, jobId: next.jobId, finalStatus: StatusCode.STATUS_FAILED });
  await engine.until(next.jobId, StatusCode.STATUS_REFUNDED);
});

async function startUnasked(): Promise<void> {
  await node.startOnChain(await findEscrowAddress(engine.wallet.address, slot));
}
