import { StatusCode } from "@cyxwiz/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { spawnCentral } from "./testing/kill-central.ts";
import { type RpcProxy, startRpcProxy, type Trap } from "./testing/rpc-proxy.ts";
import { TestEngine } from "./testing/test-engine.ts";
import { TestNode } from "./testing/test-node.ts";
import { FORGIVING, TestWorld } from "./testing/test-world.ts";

let world: TestWorld;
let proxy: RpcProxy;
let node: TestNode;
let engine: TestEngine;

beforeAll(async () => {
  world = await TestWorld.start({}, FORGIVING);
  proxy = await startRpcProxy(world.localnet.rpcUrl);
  await restart();
  [node, engine] = await Promise.all([TestNode.join(world), TestEngine.create(world)]);
});

afterAll(async () => {
  node?.close();
  engine?.close();
  await world?.close();
  await proxy?.close();
});

// The first Central ends gracefully, the others by kill −9.
async function restart(trap?: Trap): Promise<{ sprung: Promise<void> }> {
  await world.central.close();
  proxy.release();
  const sprung = trap ? proxy.trap(trap) : Promise.resolve();
  world.central = await spawnCentral(world.centralOptions({ rpcUrl: proxy.url }));
  node?.connect(world.central);
  engine?.connect(world.central);
  return { sprung };
}

async function runningJob() {
  await node.calls.heartbeat({ nodeId: node.nodeId });
  const quote = await engine.submit();
  const signature = await engine.pay(quote, { slot: ++slot });
  const { authToken } = await engine.confirm(quote.jobId, signature);
  const job = await node.redeem(authToken);
  await node.start(job);
  return { quote, job };
}

let slot = 0;

const transactions = (jobId: string) =>
  world.sql<{ purpose: string; attempt: number; status: string }>(
    "select purpose, attempt, status from chain_transactions where job_id = $1 order by id",
    [jobId],
  );

test("killed before and after each send of a settlement, Central pays once", async () => {
  const before = await world.balance(node.wallet.address);
  const { quote, job } = await runningJob();
  const work = node.train(job, 3);
  await node.report(quote.jobId, work);
  let sprung = proxy.trap("before");
  // The node reports once; after that nobody has to ask any more.
  void node.complete(quote.jobId, work).catch(() => undefined);
  for (const next of ["after", "before", "after", "before", "after"] satisfies Trap[]) {
    await sprung;
    ({ sprung } = await restart(next));
  }
  await sprung;
  await restart();
  await engine.until(quote.jobId, StatusCode.STATUS_COMPLETED);
  const sent = await transactions(quote.jobId);
  const confirmed = sent.filter(({ status }) => status === "CONFIRMED").map(({ purpose }) => purpose);
  expect(confirmed).toEqual(["commit_proof", "reveal_proof", "complete_payment"]);
  // On a busy machine a restart may take longer than a blockhash lives here, 7.5 seconds.
  expect(sent.filter(({ status }) => status === "FAILED" || status === "SIGNED")).toEqual([]);
  expect(await world.balance(node.wallet.address)).toBe(before + (quote.estimatedCostCyxwiz * 9n) / 10n);
}, 120_000);

test("killed while it refunds, Central refunds once", async () => {
  const before = await world.balance(engine.wallet.address);
  const { quote } = await runningJob();
  const sprung = proxy.trap("after");
  const report = {
    nodeId: node.nodeId,
    jobId: quote.jobId,
    finalStatus: StatusCode.STATUS_FAILED,
    errorMessage: "disk",
  };
  await node.status.reportJobResult(report);
  await sprung;
  await restart();
  await engine.until(quote.jobId, StatusCode.STATUS_REFUNDED);
  expect(await transactions(quote.jobId)).toEqual([{ purpose: "refund", attempt: 1, status: "CONFIRMED" }]);
  expect(await world.balance(engine.wallet.address)).toBe(before);
});

test("a payment that can no longer land is signed anew, and only then", async () => {
  const before = await world.balance(node.wallet.address);
  const { quote, job } = await runningJob();
  const work = node.train(job, 3);
  await node.report(quote.jobId, work);
  const sprung = proxy.trap("before");
  void node.complete(quote.jobId, work).catch(() => undefined);
  await sprung;
  // Its blockhash is over at `finalized`: 150 blocks, and 32 more.
  await world.localnet.advanceSlots(200);
  await restart();
  await engine.until(quote.jobId, StatusCode.STATUS_COMPLETED);
  expect(await transactions(quote.jobId)).toEqual([
    { purpose: "commit_proof", attempt: 1, status: "EXPIRED" },
    { purpose: "commit_proof", attempt: 2, status: "CONFIRMED" },
    { purpose: "reveal_proof", attempt: 1, status: "CONFIRMED" },
    { purpose: "complete_payment", attempt: 1, status: "CONFIRMED" },
  ]);
  expect(await world.balance(node.wallet.address)).toBe(before + (quote.estimatedCostCyxwiz * 9n) / 10n);
});
