import { StatusCode } from "@cyxwiz/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { spawnCentral } from "./testing/kill-central.ts";
import { startRpcProxy } from "./testing/rpc-proxy.ts";
import { TestEngine } from "./testing/test-engine.ts";
import { TestNode } from "./testing/test-node.ts";
import { TestWorld } from "./testing/test-world.ts";

const JOBS = 6;
/** Wide enough for all jobs of a test to meet on a busy machine. */
const settlementBatchMs = 3_000;

let world: TestWorld;
let engine: TestEngine;
let nodes: TestNode[];
let slot = 0;

beforeAll(async () => {
  world = await TestWorld.start({ settlementBatchMs, paymentWaitSeconds: 0, jobsPerWalletPerDay: 20 });
  [engine, ...nodes] = await Promise.all([
    TestEngine.create(world),
    ...Array.from({ length: JOBS }, () => TestNode.join(world)),
  ]);
}, 60_000);

afterAll(async () => {
  for (const peer of [engine, ...nodes]) peer?.close();
  await world?.close();
});

/** Jobs that are trained and reported, each on a node of its own; only the claims are missing. */
async function trained(count: number) {
  await Promise.all(nodes.map((node) => node.calls.heartbeat({ nodeId: node.nodeId })));
  const jobs = [];
  for (let index = 0; index < count; index++) {
    const quote = await engine.submit();
    const { authToken } = await engine.confirm(quote.jobId, await engine.pay(quote, { slot: slot++ }));
    const node = nodes.find(({ nodeId }) => nodeId === quote.nodeAssignment?.nodeId) as TestNode;
    const job = await node.redeem(authToken);
    await node.start(job);
    const work = node.train(job, 3);
    await node.report(quote.jobId, work);
    jobs.push({ jobId: quote.jobId, node, work, pay: (quote.estimatedCostCyxwiz * 9n) / 10n });
  }
  return jobs;
}

const rowsOf = (jobs: readonly { readonly jobId: string }[]) =>
  world.sql<{ job_id: string; purpose: string; attempt: number; status: string; signature: string }>(
    "select * from chain_transactions where job_id = any($1) order by id",
    [jobs.map(({ jobId }) => jobId)],
  );

test("six jobs that end together are committed, revealed and paid in few transactions, each exactly once", async () => {
  const jobs = await trained(JOBS);
  const before = await Promise.all(nodes.map(({ wallet }) => world.balance(wallet.address)));
  await Promise.all(jobs.map(({ node, jobId, work }) => node.complete(jobId, work)));
  await Promise.all(jobs.map(({ jobId }) => engine.until(jobId, StatusCode.STATUS_COMPLETED)));
  const rows = await rowsOf(jobs);
  expect(rows).toHaveLength(3 * JOBS);
  for (const row of rows) expect(row).toMatchObject({ attempt: 1, status: "CONFIRMED" });
  expect(new Set(rows.map(({ signature }) => signature)).size).toBeLessThanOrEqual(9);
  for (const [index, node] of nodes.entries()) {
    const pay = jobs.find((job) => job.node === node)?.pay ?? 0n;
    expect(await world.balance(node.wallet.address)).toBe((before[index] ?? 0n) + pay);
  }
}, 60_000);

test("a job that the chain refuses to pay does not keep the others from being paid", async () => {
  const jobs = await trained(3);
  const [bad, ...good] = jobs;
  // A result that was never under the root: nothing before the payment itself notices.
  await world.sql(
    `create or replace function forge() returns trigger language plpgsql as $$
     begin new.result_hash := repeat('ab', 32); return new; end $$`,
  );
  await world.sql(
    `create trigger forge before update on jobs for each row
     when (new.id = '${bad?.jobId}' and new.status = 'VERIFYING') execute function forge()`,
  );
  await Promise.all(jobs.map(({ node, jobId, work }) => node.complete(jobId, work)));
  await Promise.all(good.map(({ jobId }) => engine.until(jobId, StatusCode.STATUS_COMPLETED)));
  const payments = (await rowsOf(jobs)).filter(({ purpose }) => purpose === "complete_payment");
  const shared = payments.filter(({ attempt }) => attempt === 1);
  expect(new Set(shared.map(({ signature }) => signature)).size).toBeLessThan(shared.length);
  for (const { jobId } of good) {
    const last = payments.findLast(({ job_id }) => job_id === jobId);
    expect(last?.status).toBe("CONFIRMED");
  }
  // Its next attempt may be under way.
  const refused = payments.filter(({ job_id }) => job_id === bad?.jobId).map(({ status }) => status);
  expect(refused).toContain("FAILED");
  expect(refused).not.toContain("CONFIRMED");
  await world.sql("drop trigger forge on jobs");
  await world.sql("update jobs set status = 'FAILED' where id = $1", [bad?.jobId]);
  // What was paid alone is reported by itself; nothing of that is left for the next test.
  const left = () => world.sql("select id from pgboss.job where name = 'report' and state < 'completed'");
  await expect.poll(left, { timeout: 20_000 }).toEqual([]);
}, 60_000);

test("killed between writing a shared transaction down and sending it, Central settles every job once", async () => {
  const proxy = await startRpcProxy(world.localnet.rpcUrl);
  const jobs = await trained(2);
  const before = await Promise.all(jobs.map(({ node }) => world.balance(node.wallet.address)));
  const restart = async () => {
    await world.central.close();
    proxy.release();
    world.central = await spawnCentral(
      world.centralOptions({ rpcUrl: proxy.url, settlementBatchMs, paymentWaitSeconds: 0 }),
    );
    for (const peer of [engine, ...nodes]) peer.connect(world.central);
  };
  await restart();
  const sprung = proxy.trap("before");
  await Promise.all(jobs.map(({ node, jobId, work }) => node.complete(jobId, work)));
  await sprung;
  const written = await rowsOf(jobs);
  expect(new Set(written.map(({ signature }) => signature)).size).toBe(1);
  expect(written.map(({ purpose, status }) => `${purpose} ${status}`)).toEqual(jobs.map(() => "commit_proof SIGNED"));
  await restart();
  await Promise.all(jobs.map(({ jobId }) => engine.until(jobId, StatusCode.STATUS_COMPLETED)));
  for (const [index, { node, pay }] of jobs.entries()) {
    expect(await world.balance(node.wallet.address)).toBe((before[index] ?? 0n) + pay);
  }
  expect((await rowsOf(jobs)).filter(({ status }) => status === "CONFIRMED")).toHaveLength(3 * jobs.length);
  await proxy.close();
}, 60_000);
