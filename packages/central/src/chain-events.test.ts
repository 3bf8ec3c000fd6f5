import { sendAndConfirm } from "@cyxwiz/chain";
import {
  DEFAULT_PROGRAM_ADDRESSES,
  fetchEscrow,
  fetchPage,
  findPageAddress,
  getExtendEscrowInstructionAsync,
} from "@cyxwiz/contracts";
import { StatusCode } from "@cyxwiz/protocol";
import { address } from "@solana/kit";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { TestEngine } from "./testing/test-engine.ts";
import { TestNode } from "./testing/test-node.ts";
import { TestWorld } from "./testing/test-world.ts";

const patience = { timeout: 25_000, interval: 100 };

let world: TestWorld;
let node: TestNode;
let engine: TestEngine;

beforeAll(async () => {
  world = await TestWorld.start({ eventPollSeconds: 600 });
  [node, engine] = await Promise.all([TestNode.join(world), TestEngine.create(world)]);
});

afterAll(async () => {
  node?.close();
  engine?.close();
  await world?.close();
});

async function restart(start: () => Promise<TestWorld["central"]>, meanwhile = async () => {}): Promise<void> {
  await world.central.close();
  await meanwhile();
  world.central = await start();
  node.connect(world.central);
  engine.connect(world.central);
}

async function paidJob() {
  await node.calls.heartbeat({ nodeId: node.nodeId });
  const quote = await engine.submit();
  await engine.confirm(quote.jobId, await engine.pay(quote));
  const { settlement } = await engine.jobs.getJobStatus({ jobId: quote.jobId });
  return { jobId: quote.jobId, escrow: settlement?.escrowAddress ?? "" };
}

const eventsOf = async (jobId: string) => {
  const rows = await world.sql<{ event_type: string }>(
    "select event_type from blockchain_events where job_id = $1 order by id",
    [jobId],
  );
  return rows.map(({ event_type }) => event_type);
};

test("a payer who takes the tokens back on chain, without a word, is noticed at once", async () => {
  const { jobId, escrow } = await paidJob();
  await engine.takeBack(escrow);
  await engine.until(jobId, StatusCode.STATUS_REFUNDED);
  await vi.waitFor(async () => expect(await eventsOf(jobId)).toEqual(["EscrowCreated", "EscrowSettled"]), patience);
});

test("… and also when it happens while Central is down", async () => {
  const { jobId, escrow } = await paidJob();
  await restart(
    () => world.startCentral(),
    () => engine.takeBack(escrow),
  );
  await engine.until(jobId, StatusCode.STATUS_REFUNDED);
  await vi.waitFor(async () => expect(await eventsOf(jobId)).toEqual(["EscrowCreated", "EscrowSettled"]), patience);
  const [again] = await world.sql<{ count: number; places: number }>(
    "select count(*)::int, count(distinct (tx_signature, event_index))::int as places from blockchain_events",
  );
  expect(again?.count).toBe(again?.places);
});

test("a payer who gives a job more time on chain has given it at Central too", async () => {
  const { jobId, escrow } = await paidJob();
  const { nonce, deadline } = (await fetchEscrow(world.chain.rpc, address(escrow), { commitment: "confirmed" })).data;
  const later = deadline + 60n;
  const use = { payer: engine.wallet, escrow: address(escrow), nonce, deadline: later };
  const instructions = [await getExtendEscrowInstructionAsync(use)];
  await sendAndConfirm(world.chain, { what: "Extend", instructions, feePayer: engine.wallet });
  await vi.waitFor(async () => {
    const [job] = await world.sql<{ escrow_deadline: Date }>("select escrow_deadline from jobs where id = $1", [jobId]);
    expect(job?.escrow_deadline.getTime()).toBe(Number(later) * 1_000);
  }, patience);
  await engine.takeBack(escrow);
  await engine.until(jobId, StatusCode.STATUS_REFUNDED);
});

async function entry() {
  const page = await fetchPage(world.chain.rpc, await findPageAddress(0, DEFAULT_PROGRAM_ADDRESSES), {
    commitment: "confirmed",
  });
  return page.data.entries.slice(0, page.data.count).find(({ wallet }) => wallet === node.wallet.address);
}

test("a job that is paid counts for its node on chain, with how exact the estimate of its time was", async () => {
  await restart(() => world.startCentral({ reputationBatchSize: 1 }));
  await node.calls.heartbeat({ nodeId: node.nodeId });
  const quote = await engine.submit();
  const { authToken } = await engine.confirm(quote.jobId, await engine.pay(quote));
  const job = await node.redeem(authToken);
  await node.start(job);
  const work = node.train(job, 3);
  await node.report(quote.jobId, work);
  await node.complete(quote.jobId, work);
  await engine.until(quote.jobId, StatusCode.STATUS_COMPLETED);
  await vi.waitFor(async () => expect(await entry()).toMatchObject({ assigned: 1, completed: 1 }), patience);
  const [timing] = await world.sql<{ actual: number; estimated: number }>(
    `select extract(epoch from (done.at - began.at))::float as actual, estimated_seconds as estimated from jobs
     join job_history began on began.job_id = jobs.id and began.event = 'accept'
     join job_history done on done.job_id = jobs.id and done.event = 'complete' where jobs.id = $1`,
    [quote.jobId],
  );
  const { actual = 0, estimated = 0 } = timing ?? {};
  const accuracy = Math.max(0, Math.floor(1_000 - (1_000 * Math.abs(actual - estimated)) / estimated));
  const written = await entry();
  expect(written).toMatchObject({ completed: 1, accuracyCount: 1, validProofs: 1 });
  expect(Math.abs((written?.accuracySum ?? -9) - accuracy)).toBeLessThanOrEqual(1);
});
