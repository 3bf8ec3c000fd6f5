import { StatusCode } from "@cyxwiz/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestEngine } from "./testing/test-engine.ts";
import { TestNode } from "./testing/test-node.ts";
import { TestWorld } from "./testing/test-world.ts";

let world: TestWorld;
let node: TestNode;
let engine: TestEngine;

beforeAll(async () => {
  world = await TestWorld.start({ paymentWaitSeconds: 60 });
  [node, engine] = await Promise.all([TestNode.join(world), TestEngine.create(world)]);
});

afterAll(async () => {
  node?.close();
  engine?.close();
  await world?.close();
});

test("a job is quoted, paid for, run, proven, and its node is paid 90 of 100", async () => {
  const [payerBefore, nodeBefore, treasuryBefore] = await Promise.all([
    world.balance(engine.wallet.address),
    world.balance(node.wallet.address),
    world.treasury(),
  ]);
  const quote = await engine.submit();
  expect(quote.status).toBe(StatusCode.STATUS_AWAITING_ESCROW);
  expect(quote.nodeAssignment).toMatchObject({
    nodeId: node.nodeId,
    authToken: "",
    nodePublicKey: node.wallet.address,
  });
  expect(quote.escrowDeadlineSeconds).toBe(300n);
  expect(quote.estimatedCostCyxwiz).toBeGreaterThan(0n);

  const signature = await engine.pay(quote);
  const confirmed = await engine.confirm(quote.jobId, signature);
  expect(confirmed.status).toBe(StatusCode.STATUS_ESCROW_CONFIRMED);
  expect(confirmed.nodeEndpoint).toBe("127.0.0.1:50052");

  const job = await node.redeem(confirmed.authToken);
  expect(job).toMatchObject({
    jobId: quote.jobId,
    payerWallet: engine.wallet.address,
    amount: quote.estimatedCostCyxwiz,
  });
  await node.start(job);
  const work = node.train(job, 3);
  await node.report(quote.jobId, work);
  const paid = await node.complete(quote.jobId, work);
  expect(paid.status).toBe(StatusCode.STATUS_COMPLETED);

  const amount = quote.estimatedCostCyxwiz;
  const [toNode, toPlatform] = [(amount * 9n) / 10n, amount / 10n];
  expect(paid.paymentAmountCyxwiz).toBe(toNode);
  expect(await world.balance(node.wallet.address)).toBe(nodeBefore + toNode);
  expect(await world.treasury()).toBe(treasuryBefore + toPlatform);
  expect(await world.balance(engine.wallet.address)).toBe(payerBefore - toNode - toPlatform);

  const status = await engine.jobs.getJobStatus({ jobId: quote.jobId });
  expect(status.status).toMatchObject({ status: StatusCode.STATUS_COMPLETED, progress: 1, currentEpoch: 3 });
  expect(status.settlement).toMatchObject({ paidToNode: toNode, paidToPlatform: toPlatform, merkleRoot: work.root });
  expect(status.settlement?.paymentTxSignature).toBe(paid.paymentTxSignature);
  expect(status.settlement?.anchorTxSignature).not.toBe("");

  // Said again, it changes nothing.
  const again = await node.complete(quote.jobId, work);
  expect(again).toMatchObject({ status: StatusCode.STATUS_COMPLETED, paymentTxSignature: paid.paymentTxSignature });
  expect(await world.balance(node.wallet.address)).toBe(nodeBefore + toNode);
});

test("its payer rates a job that was paid, once; nobody else, and none that was not", async () => {
  const quote = await engine.submit();
  const { jobId } = quote;
  const rate = (stars: number, by = engine) => by.jobs.rateJob({ jobId, stars });
  await expect(rate(5)).rejects.toMatchObject({ code: "NOT_POSSIBLE_NOW" });
  const { authToken } = await engine.confirm(jobId, await engine.pay(quote, { slot: 7 }));
  const job = await node.redeem(authToken);
  await node.start(job);
  const work = node.train(job, 3);
  await node.report(jobId, work);
  await node.complete(jobId, work);
  await engine.until(jobId, StatusCode.STATUS_COMPLETED);
  const stranger = await TestEngine.create(world);
  await expect(rate(0, stranger)).rejects.toMatchObject({ code: "NOT_YOURS" });
  stranger.close();
  for (const stars of [-1, 6]) await expect(rate(stars)).rejects.toMatchObject({ code: "INVALID_FIELD" });
  const once = await Promise.allSettled([rate(5), rate(5)]);
  expect(once.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  await expect(rate(1)).rejects.toMatchObject({ code: "NOT_POSSIBLE_NOW" });
  const queued = await world.sql(
    "select kind, value, score_change from reputation_update_queue where reason = 'RATED'",
  );
  expect(queued).toEqual([{ kind: 6, value: 5, score_change: 5 }]);
});

test("two replicas that settle the same job at once pay once", async () => {
  const replica = await world.startCentral();
  const before = await world.balance(node.wallet.address);
  const quote = await engine.submit();
  const { authToken } = await engine.confirm(quote.jobId, await engine.pay(quote, { slot: 1 }));
  const job = await node.redeem(authToken);
  await node.start(job);
  const work = node.train(job, 3);
  await node.report(quote.jobId, work);
  const first = node.complete(quote.jobId, work);
  node.connect(replica);
  const answers = await Promise.all([first, node.complete(quote.jobId, work)]);
  node.connect(world.central);
  engine.connect(replica);
  // The other replica tells of it too.
  await engine.until(quote.jobId, StatusCode.STATUS_COMPLETED);
  engine.connect(world.central);
  expect(new Set(answers.map(({ paymentTxSignature }) => paymentTxSignature)).size).toBe(1);
  expect(await world.balance(node.wallet.address)).toBe(before + (quote.estimatedCostCyxwiz * 9n) / 10n);
  await replica.close();
});

test("an engine can come back for a job of its own: it gets a fresh token as long as the job is not over for good", async () => {
  const quote = await engine.submit();
  const signature = await engine.pay(quote, { slot: 2 });
  const { authToken } = await engine.confirm(quote.jobId, signature);
  const job = await node.redeem(authToken);
  await node.start(job);
  const again = await engine.confirm(quote.jobId, signature);
  expect(again.authToken).not.toBe(authToken);
  expect((await node.redeem(again.authToken)).jobId).toBe(quote.jobId);
  await node.status.reportJobResult({ nodeId: node.nodeId, jobId: quote.jobId, finalStatus: StatusCode.STATUS_FAILED });
  await engine.until(quote.jobId, StatusCode.STATUS_REFUNDED);
  await expect(engine.confirm(quote.jobId, signature)).rejects.toMatchObject({ code: "JOB_ILLEGAL_MOVE" });
});
