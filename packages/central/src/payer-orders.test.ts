import { signBytes } from "@cyxwiz/chain";
import { cancellationShares, jobIdToBytes } from "@cyxwiz/contracts";
import { encodeCancelOrder, encodeParameterOrder, toHex } from "@cyxwiz/proof";
import { StatusCode } from "@cyxwiz/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestEngine } from "./testing/test-engine.ts";
import { TestNode } from "./testing/test-node.ts";
import { FORGIVING, TestWorld } from "./testing/test-world.ts";

let world: TestWorld;
let node: TestNode;
let engine: TestEngine;
let slot = 0;

beforeAll(async () => {
  world = await TestWorld.start({ paymentWaitSeconds: 1 }, FORGIVING);
  [node, engine] = await Promise.all([TestNode.join(world), TestEngine.create(world)]);
});
afterAll(async () => {
  node?.close();
  engine?.close();
  await world?.close();
});

async function runningJob(epochs: number) {
  await node.calls.heartbeat({ nodeId: node.nodeId });
  const quote = await engine.submit(engine.config(epochs));
  const { authToken } = await engine.confirm(quote.jobId, await engine.pay(quote, { slot: ++slot }));
  const job = await node.redeem(authToken);
  await node.start(job);
  return { jobId: quote.jobId, amount: quote.estimatedCostCyxwiz, work: node.train(job, epochs) };
}

const cancelled = { finalStatus: StatusCode.STATUS_CANCELLED, errorMessage: "the client has seen enough" };
const cancelOrder = (jobId: string, signer = engine.wallet) =>
  signBytes(signer, encodeCancelOrder(jobIdToBytes(jobId)));

test("a cancellation that the payer has signed for the node is shared out as one", async () => {
  const before = await world.balance(engine.wallet.address);
  const { jobId, amount, work } = await runningJob(4);
  await node.report(jobId, { ...work, links: work.links.slice(0, 3) });
  const report = { nodeId: node.nodeId, jobId, ...cancelled, cancelSignature: await cancelOrder(jobId) };
  await node.status.reportJobResult(report);
  await node.status.reportJobResult(report);
  await engine.until(jobId, StatusCode.STATUS_REFUNDED);
  const shares = cancellationShares(amount, { leafCount: 2, checkpoints: 4, cancelFeeBps: 1_000 });
  expect(await world.balance(engine.wallet.address)).toBe(before - shares.node);
});

test.each([
  ["nobody", async () => new Uint8Array()],
  ["the node", (jobId: string) => cancelOrder(jobId, node.wallet)],
  ["the payer, for another job", () => cancelOrder(crypto.randomUUID())],
])("a cancellation signed by %s pays the node nothing", async (_who, sign) => {
  const before = await world.balance(engine.wallet.address);
  const { jobId, work } = await runningJob(4);
  await node.report(jobId, { ...work, links: work.links.slice(0, 3) });
  await node.status.reportJobResult({ nodeId: node.nodeId, jobId, ...cancelled, cancelSignature: await sign(jobId) });
  await engine.until(jobId, StatusCode.STATUS_REFUNDED);
  expect(await world.balance(engine.wallet.address)).toBe(before);
});

test("orders to change parameters are kept with their epoch; what the payer did not sign may not change the work", async () => {
  const { jobId, work } = await runningJob(3);
  const order = async (parameters: Record<string, number>, firstEpoch = 2, signer = engine.wallet) => {
    const signed = encodeParameterOrder({ jobId: jobIdToBytes(jobId), firstEpoch, parameters });
    return { firstEpoch, parameters, signature: await signBytes(signer, signed) };
  };
  const unsigned = (parameters: Record<string, number>) => ({ firstEpoch: 2, parameters, signature: new Uint8Array() });
  const report = (epoch: number, orders: object[] = []) =>
    node.calls.reportProgress({
      nodeId: node.nodeId,
      jobId,
      progress: epoch / 3,
      currentEpoch: epoch,
      metrics: work.metrics(epoch),
      commitments: work.links
        .slice(epoch === 1 ? 0 : epoch, epoch + 1)
        .map((link) => (link.epoch === epoch ? { ...link, orders } : link)),
    });
  await report(1);
  const refused = [
    unsigned({ batch_size: 64 }),
    unsigned({ learning_rate: 0.1, batch_size: 64 }),
    unsigned({ momentum: 0.1 }),
    unsigned({}),
    await order({ batch_size: 0 }),
    await order({ batch_size: 64 }, 3),
    await order({ batch_size: 64 }, 2, node.wallet),
    { ...(await order({ batch_size: 64 })), parameters: { batch_size: 65 } },
    { ...(await order({ learning_rate: 0.1 }, 2, node.wallet)) },
  ];
  for (const each of refused) await expect(report(2, [each])).rejects.toMatchObject({ code: "PROOF_INVALID" });
  const good = [unsigned({ learning_rate: 0.01 }), await order({ batch_size: 64 })];
  expect(await report(2, good)).toMatchObject({ continueJob: true });
  await report(3);
  const rows = await world.sql("select epoch, orders from job_checkpoints where job_id = $1 order by epoch", [jobId]);
  const stored = good.map(({ signature, ...rest }) => ({ ...rest, signature: toHex(signature) }));
  expect(rows).toEqual([0, 1, 2, 3].map((epoch) => ({ epoch, orders: epoch === 2 ? stored : null })));
  await engine.jobs.cancelJob({ jobId });
  await engine.until(jobId, StatusCode.STATUS_REFUNDED);
});
