import { StatusCode } from "@cyxwiz/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestEngine } from "./testing/test-engine.ts";
import { TestNode } from "./testing/test-node.ts";
import { FORGIVING, TestWorld } from "./testing/test-world.ts";

let world: TestWorld;
let node: TestNode;
let engine: TestEngine;
let stranger: TestEngine;

beforeAll(async () => {
  world = await TestWorld.start({ paymentWaitSeconds: 1 }, FORGIVING);
  [node, engine, stranger] = await Promise.all([
    TestNode.join(world),
    TestEngine.create(world),
    TestEngine.create(world),
  ]);
});
afterAll(async () => {
  for (const peer of [node, engine, stranger]) peer?.close();
  await world?.close();
});

const beat = (heldForWallet = "", activeJobs: string[] = []) =>
  node.calls.heartbeat({ nodeId: node.nodeId, heldForWallet, activeJobs });

async function confirmed(slot: number, config: object = {}) {
  const quote = await engine.submit({ ...engine.config(), ...config });
  const { authToken } = await engine.confirm(quote.jobId, await engine.pay(quote, { slot }));
  return { jobId: quote.jobId, authToken };
}

test("a node that a job asked to keep is kept for its payer, whose next job it takes without a token being shown", async () => {
  const first = await confirmed(0, { reservationDurationMinutes: 5 });
  const redeemNext = (jobId: string, previousJobId: string) =>
    node.calls.redeemToken({ nodeId: node.nodeId, jobId, previousJobId });
  const job = await node.redeem(first.authToken);
  await node.start(job);
  const work = node.train(job, 3);
  await node.report(first.jobId, work);
  await node.complete(first.jobId, work);
  await engine.until(first.jobId, StatusCode.STATUS_COMPLETED);

  await beat(engine.wallet.address);
  await expect(stranger.submit()).rejects.toMatchObject({ code: "NO_NODE_AVAILABLE" });
  const next = await confirmed(1);
  const other = crypto.randomUUID();
  await expect(redeemNext(next.jobId, other)).rejects.toMatchObject({ code: "JOB_NOT_FOUND" });
  await expect(redeemNext(next.jobId, next.jobId)).rejects.toMatchObject({ code: "TOKEN_INVALID" });
  expect(await redeemNext(next.jobId, first.jobId)).toMatchObject({ jobId: next.jobId });
  await expect(redeemNext(next.jobId, first.jobId)).rejects.toMatchObject({ code: "TOKEN_ALREADY_USED" });
  await expect(node.redeem(next.authToken)).rejects.toMatchObject({ code: "TOKEN_ALREADY_USED" });
  await engine.jobs.cancelJob({ jobId: next.jobId });
  await engine.until(next.jobId, StatusCode.STATUS_REFUNDED);

  // Still kept, until the node says that it is free.
  await expect(stranger.submit()).rejects.toMatchObject({ code: "NO_NODE_AVAILABLE" });
  await beat("", [first.jobId]);
  await expect(stranger.submit()).rejects.toMatchObject({ code: "NO_NODE_AVAILABLE" });
  await beat();
  const theirs = await stranger.submit();
  await expect(redeemNext(theirs.jobId, first.jobId)).rejects.toMatchObject({ code: "NOT_YOURS" });
  await stranger.jobs.cancelJob({ jobId: theirs.jobId });
});
