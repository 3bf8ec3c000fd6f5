import { randomUUID } from "node:crypto";
import { lamportBalance } from "@cyxwiz/chain";
import { DEFAULT_PROGRAM_ADDRESSES, fetchNode, type Page } from "@cyxwiz/contracts";
import { address, generateKeyPairSigner } from "@solana/kit";
import { desc } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { nodes, reputationBatches } from "../database/schema/index.ts";
import { queueReputation, type ReputationReason } from "../nodes/reputation.ts";
import { ChainWorld } from "../testing/chain-world.ts";
import { type RpcProxy, startRpcProxy } from "../testing/rpc-proxy.ts";
import { deliverBatch } from "./deliver-batch.ts";
import { encodeOutcomes } from "./open-batches.ts";
import { openReputationChain, type ReputationChain } from "./reputation-chain.ts";
import { createReputationWriter, type ReputationWriter } from "./reputation-writer.ts";
import { waitingOutcomes } from "./waiting.ts";

const HOUR_MS = 3_600_000;

let world: ChainWorld;
let proxy: RpcProxy;
let direct: ReputationChain;
const writers: ReputationWriter[] = [];

beforeAll(async () => {
  world = await ChainWorld.start();
  proxy = await startRpcProxy(world.localnet.rpcUrl);
  direct = await openReputationChain(world.chain, DEFAULT_PROGRAM_ADDRESSES, world.coordinator);
});

// Nothing of one test waits in the next.
beforeEach(async () => {
  proxy.release();
  world.skewMs += 2 * HOUR_MS;
  await (await replica()).run();
});

afterAll(async () => {
  await Promise.all(writers.map((writer) => writer.close()));
  await proxy?.close();
  await world?.close();
});

async function replica(chain = direct, options: object = {}): Promise<ReputationWriter> {
  const writer = createReputationWriter(await world.context(options), chain);
  writers.push(writer);
  return writer;
}

/** A writer whose next transaction gets lost, or only its answer; it is "killed" then. */
async function dyingReplica(where: "before" | "after"): Promise<void> {
  const writer = await replica(
    await openReputationChain(world.chainVia(proxy.url), DEFAULT_PROGRAM_ADDRESSES, world.coordinator),
  );
  const sprung = proxy.trap(where);
  const dying = writer.run().catch(() => "died");
  await sprung;
  await writer.close();
  await dying;
  proxy.release();
}

/** A node that only the database knows. */
async function stranger(): Promise<string> {
  const { address: walletPubkey } = await generateKeyPairSigner();
  const id = randomUUID();
  await world.connection.db.insert(nodes).values({ id, walletPubkey });
  return id;
}

async function queue(nodeId: string, reasons: readonly ReputationReason[], value?: number): Promise<void> {
  const context = await world.context();
  await context.db.transaction(async (tx) => {
    for (const reason of reasons) await queueReputation(context, tx, nodeId, reason, value);
  });
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

async function page(): Promise<Page> {
  const found = await direct.page(0);
  if (!found) throw new Error("there is no page");
  return found;
}

async function entryOf(nodeId: string) {
  const [node] = await world.sql<{ wallet_pubkey: string }>("select wallet_pubkey from nodes where id = $1", [nodeId]);
  const { entries, count } = await page();
  return entries.slice(0, count).find(({ wallet }) => wallet === node?.wallet_pubkey);
}

interface BatchRow {
  readonly sequence: string;
  readonly outcomes: Buffer;
  readonly attempt: number;
  readonly signature: string;
  readonly status: string;
}

const batches = () => world.sql<BatchRow>("select * from reputation_batches order by id");
const waiting = async () =>
  (await world.sql<{ count: number }>("select count(*)::int from reputation_update_queue where not processed"))[0]
    ?.count;

test("few outcomes are written when the hour is over, not before and not never", async () => {
  const [good, bad] = [await stranger(), await stranger()];
  await queue(good, ["JOB_COMPLETED"], 900);
  await queue(bad, ["JOB_FAILED", "JOB_TIMED_OUT"]);
  const writer = await replica();
  const before = (await batches()).length;
  world.skewMs += HOUR_MS - 60_000;
  await writer.run();
  expect(await waiting()).toBe(3);
  world.skewMs += 60_000;
  await writer.run();
  expect(await waiting()).toBe(0);
  const [batch, ...more] = (await batches()).slice(before);
  expect(more).toEqual([]);
  expect(batch).toMatchObject({ status: "CONFIRMED", attempt: 1, sequence: String((await page()).sequence) });
  expect(await entryOf(good)).toMatchObject({
    assigned: 1,
    completed: 1,
    accuracySum: 900,
    validProofs: 1,
    events: 10,
  });
  expect(await entryOf(bad)).toMatchObject({ assigned: 2, completed: 0, events: -80, score: 0 });
  const [row] = await world.sql("select * from nodes where id = $1", [good]);
  const { score, tier } = (await entryOf(good)) ?? {};
  expect(score).toBeGreaterThan(0);
  expect(row).toMatchObject({
    reputation_score: score,
    reputation_tier: tier,
    reputation: { completed: 1, events: 10 },
  });
  const sent = await world.sql(
    "select distinct on_chain_tx_signature as signature from reputation_update_queue where node_id = $1",
    [bad],
  );
  expect(sent).toEqual([{ signature: batch?.signature }]);
});

test("a hundred are written at once, in one transaction; the one after them waits", async () => {
  const ids = await Promise.all(times(25, undefined).map(stranger));
  for (const id of ids) await queue(id, times(4, "JOB_COMPLETED" as const));
  await queue(ids[0] ?? "", ["JOB_FAILED"]);
  const before = (await page()).sequence;
  const writer = await replica();
  await writer.run();
  expect(await waiting()).toBe(1);
  expect((await page()).sequence).toBe(before + 1n);
  const [batch] = (await batches()).slice(-1);
  expect(batch?.outcomes).toHaveLength(400);
  for (const id of ids) expect(await entryOf(id)).toMatchObject({ assigned: 4, completed: 4 });
});

test("a tier that changes reaches the registry, which fees are taken by", async () => {
  const node = await world.node([50n]);
  await queue(node.id, times(100, "JOB_COMPLETED" as const));
  const tierOnChain = async () =>
    (await fetchNode(world.chain.rpc, address(node.account), { commitment: "confirmed" })).data.tier;
  expect(await tierOnChain()).toBe(0);
  await (await replica()).run();
  expect(await entryOf(node.id)).toMatchObject({ score: 1_000, tier: 3 });
  expect(await tierOnChain()).toBe(3);
  const [row] = await world.sql("select registry_tier, reputation_tier from nodes where id = $1", [node.id]);
  expect(row).toEqual({ registry_tier: 3, reputation_tier: 3 });
});

test.each(["before", "after"] as const)(
  "killed %s its batch reaches the chain, the writer writes it once",
  async (where) => {
    const id = await stranger();
    await queue(id, ["JOB_COMPLETED"]);
    world.skewMs += HOUR_MS;
    await (await replica()).run();
    await queue(id, ["JOB_COMPLETED", "JOB_FAILED"]);
    world.skewMs += HOUR_MS;
    const before = (await page()).sequence;
    await dyingReplica(where);
    const [stored] = (await batches()).slice(-1);
    expect(stored).toMatchObject({ status: "SIGNED", attempt: 1, sequence: String(before + 1n) });
    await (await replica()).run();
    const [written] = (await batches()).slice(-1);
    expect(written).toEqual({ ...stored, status: "CONFIRMED", settled_at: expect.any(Date) });
    expect(await entryOf(id)).toMatchObject({ assigned: 3, completed: 2 });
    expect((await page()).sequence).toBe(before + 1n);
  },
);

test("bytes that can't land any more are signed anew, for the same place", async () => {
  const id = await stranger();
  await queue(id, ["JOB_COMPLETED"]);
  world.skewMs += HOUR_MS;
  await (await replica()).run();
  await queue(id, ["JOB_COMPLETED"]);
  world.skewMs += HOUR_MS;
  await dyingReplica("before");
  const [stored] = (await batches()).slice(-1);
  // Its blockhash is over at `finalized`: 150 blocks, and 32 more.
  await world.localnet.advanceSlots(200);
  await (await replica()).run();
  const [written] = (await batches()).slice(-1);
  expect(written).toMatchObject({ status: "CONFIRMED", attempt: 2, sequence: stored?.sequence });
  expect(written?.signature).not.toBe(stored?.signature);
  expect(await entryOf(id)).toMatchObject({ assigned: 2, completed: 2 });
});

test("a replica that comes late with bytes that were signed anew since does not have them counted twice", async () => {
  const id = await stranger();
  await queue(id, ["JOB_COMPLETED"]);
  world.skewMs += HOUR_MS;
  await (await replica()).run();
  await queue(id, ["JOB_COMPLETED"]);
  world.skewMs += HOUR_MS;
  await dyingReplica("before");
  const context = await world.context();
  const readBatch = async () =>
    (await context.db.select().from(reputationBatches).orderBy(desc(reputationBatches.id)))[0];
  const late = await readBatch();
  await world.localnet.advanceSlots(200);
  await (await replica()).run();
  // As another replica sees it that has sent the new bytes and not written down yet that they landed.
  await world.sql("update reputation_batches set status = 'SIGNED' where id = $1", [late?.id]);
  await world.sql("update reputation_update_queue set processed = false where batch_id = $1", [late?.id]);
  const landed = (await readBatch())?.signature;
  expect(landed).not.toBe(late?.signature);
  if (late) await deliverBatch(context, direct, late, AbortSignal.timeout(20_000));
  expect(await readBatch()).toMatchObject({ attempt: 2, status: "CONFIRMED", signature: landed });
  await (await replica()).run();
  expect(await readBatch()).toMatchObject({ id: late?.id, status: "CONFIRMED" });
  expect(await waiting()).toBe(0);
  expect(await entryOf(id)).toMatchObject({ assigned: 2, completed: 2 });
});

test("a batch that has landed does not count twice where the provider has forgotten that", async () => {
  const id = await stranger();
  await queue(id, ["JOB_TIMED_OUT"]);
  world.skewMs += HOUR_MS;
  await (await replica()).run();
  await queue(id, ["JOB_COMPLETED", "JOB_FAILED"]);
  world.skewMs += HOUR_MS;
  await dyingReplica("after");
  const [stored] = (await batches()).slice(-1);
  expect(stored).toMatchObject({ status: "SIGNED" });
  await vi.waitFor(async () => expect(String((await page()).sequence)).toBe(stored?.sequence));
  let shown = false;
  const forgetful: ReputationChain = {
    ...direct,
    deliver: async () => "expired",
    written: async (index, sequence) => (shown ? direct.written(index, sequence) : undefined),
  };
  const writer = await replica(forgetful);
  // Whoever can't tell who has its place waits for one that can.
  await expect(writer.run()).rejects.toMatchObject({ code: "TIMED_OUT" });
  expect((await batches()).at(-1)).toMatchObject({ status: "SIGNED", attempt: 1 });
  shown = true;
  await writer.run();
  expect((await batches()).at(-1)).toMatchObject({ status: "CONFIRMED", signature: stored?.signature });
  await (await replica()).run();
  expect(await waiting()).toBe(0);
  expect(await entryOf(id)).toMatchObject({ assigned: 3, completed: 1 });
});

test("what waits for a page that is stuck does not hold up the other pages", async () => {
  const context = await world.context({ reputationBatchSize: 2 });
  const [stuck, free] = [await stranger(), await stranger()];
  await world.sql(
    "update nodes set reputation_page = 7, reputation_entry = 0, last_reputation_sync = now() where id = $1",
    [stuck],
  );
  await world.sql(
    `insert into reputation_batches (page, sequence, outcomes, attempt, signature, bytes, last_valid_block_height, status, refusals, created_at)
     values (7, 1, '', 1, 'x', '', 0, 'SIGNED', 10, now())`,
  );
  await queue(stuck, times(5, "JOB_COMPLETED" as const));
  await queue(free, times(2, "JOB_COMPLETED" as const));
  expect((await waitingOutcomes(context, 2)).map(({ nodeId }) => nodeId)).toEqual([free, free]);
  await world.sql("delete from reputation_batches where page = 7");
  await world.sql("delete from reputation_update_queue where node_id = any($1)", [[stuck, free]]);
});

test("a tier that the registry refuses is not sent again and again", async () => {
  const id = await stranger();
  // It names an account that is none.
  const account = (await generateKeyPairSigner()).address;
  await queue(id, times(100, "JOB_COMPLETED" as const));
  await (await replica()).run();
  await world.sql("update nodes set node_address = $2, registry_tier = 0 where id = $1", [id, account]);
  const writer = await replica();
  const spent = async () => {
    const before = await lamportBalance(world.chain, world.coordinator.address);
    await world.sql("update nodes set registration = 'active' where id = $1", [id]);
    await writer.run();
    return before - (await lamportBalance(world.chain, world.coordinator.address));
  };
  expect(await spent()).toBeGreaterThan(0n);
  expect(await spent()).toBe(0n);
});

test("two replicas at once write every outcome once", async () => {
  const ids = await Promise.all(times(30, undefined).map(stranger));
  for (const id of ids) await queue(id, times(8, "JOB_COMPLETED" as const));
  world.skewMs += HOUR_MS;
  const pair = [await replica(), await replica()];
  for (let round = 0; (await waiting()) !== 0 && round < 20; round++) {
    // One that comes late is told to come again.
    await Promise.allSettled(pair.map((writer) => writer.run()));
  }
  expect(await waiting()).toBe(0);
  for (const id of ids) expect(await entryOf(id)).toMatchObject({ assigned: 8, completed: 8 });
  const [places] = await world.sql<{ twice: number }>(
    "select count(*)::int as twice from (select page, sequence from reputation_batches group by 1, 2 having count(*) > 1) x",
  );
  expect(places?.twice).toBe(0);
});

test("what loses its place to somebody with the same key is written in the next one", async () => {
  const [id, other] = [await stranger(), await stranger()];
  for (const each of [id, other]) await queue(each, ["JOB_COMPLETED"]);
  world.skewMs += HOUR_MS;
  await (await replica()).run();
  await queue(id, ["JOB_COMPLETED"]);
  world.skewMs += HOUR_MS;
  await dyingReplica("before");
  const { sequence } = await page();
  const [place] = await world.sql<{ entry: number }>("select reputation_entry as entry from nodes where id = $1", [
    other,
  ]);
  const foreign = encodeOutcomes([{ entry: place?.entry ?? 0, kind: 1, value: 0 }]);
  await world.send([await direct.recordOutcomes(0, sequence + 1n, foreign)], world.coordinator);
  await (await replica()).run();
  expect((await batches()).slice(-2)).toMatchObject([
    { status: "REPLACED", sequence: String(sequence + 1n) },
    { status: "CONFIRMED", sequence: String(sequence + 2n) },
  ]);
  expect(await entryOf(id)).toMatchObject({ assigned: 2, completed: 2 });
  expect(await entryOf(other)).toMatchObject({ assigned: 2, completed: 1 });
});

test("a database that is new to the chain learns of a node's reputation from there", async () => {
  const [known] = await world.sql<{ id: string; wallet_pubkey: string; reputation_score: number }>(
    "select * from nodes where reputation_score > 0 limit 1",
  );
  await world.sql(
    "update nodes set reputation_score = 0, reputation = null, reputation_page = null, reputation_entry = null, last_reputation_sync = null where id = $1",
    [known?.id],
  );
  await (await replica()).run();
  const [again] = await world.sql("select * from nodes where id = $1", [known?.id]);
  expect(again).toMatchObject({ reputation_score: known?.reputation_score, reputation_page: 0 });
});

test("more nodes than a page holds go on the next one", async () => {
  const ids = await Promise.all(times(121, undefined).map(stranger));
  for (const id of ids) await queue(id, ["DISPUTE_WON"]);
  world.skewMs += HOUR_MS;
  await (await replica()).run();
  expect(await waiting()).toBe(0);
  expect((await page()).count).toBe(120);
  const pages = await world.sql<{ page: number; count: number }>(
    "select reputation_page as page, count(*)::int from nodes where id = any($1) group by 1 order by 1",
    [ids],
  );
  expect(pages.map((row) => row.page)).toEqual([0, 1]);
  expect(pages.reduce((sum, row) => sum + row.count, 0)).toBe(121);
});
