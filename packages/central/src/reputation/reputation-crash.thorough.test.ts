import { DEFAULT_PROGRAM_ADDRESSES, fetchPage, findPageAddress } from "@cyxwiz/contracts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { spawnCentral } from "../testing/kill-central.ts";
import { type RpcProxy, startRpcProxy, type Trap } from "../testing/rpc-proxy.ts";
import { TestNode } from "../testing/test-node.ts";
import { TestWorld } from "../testing/test-world.ts";

const patience = { timeout: 25_000, interval: 100 };

let world: TestWorld;
let proxy: RpcProxy;
let node: TestNode;

beforeAll(async () => {
  world = await TestWorld.start();
  proxy = await startRpcProxy(world.localnet.rpcUrl);
  node = await TestNode.join(world);
});

afterAll(async () => {
  node?.close();
  await world?.close();
  await proxy?.close();
});

/** Ends Central, the first gracefully and the others by kill −9, has a job done meanwhile, and starts it again. */
async function restart(trap?: Trap): Promise<void> {
  await world.central.close();
  proxy.release();
  if (trap) await complete();
  const sprung = trap && proxy.trap(trap);
  world.central = await spawnCentral(world.centralOptions({ rpcUrl: proxy.url, reputationBatchSize: 1 }));
  node.connect(world.central);
  await sprung;
}

/** What a completed job leaves behind. */
const complete = () =>
  world.sql(
    `insert into reputation_update_queue (node_id, score_change, reason, kind, value, created_at, processed)
     values ($1, 10, 'JOB_COMPLETED', 0, 1000, now(), false)`,
    [node.nodeId],
  );

async function written(count: number): Promise<void> {
  const rows = await world.sql("select id from reputation_update_queue where not processed");
  expect(rows).toEqual([]);
  const at = await findPageAddress(0, DEFAULT_PROGRAM_ADDRESSES);
  const { data } = await fetchPage(world.chain.rpc, at, { commitment: "confirmed" });
  const mine = data.entries.slice(0, data.count).find(({ wallet }) => wallet === node.wallet.address);
  expect(mine).toMatchObject({ assigned: count, completed: count });
  expect(data.sequence).toBe(BigInt(count));
}

test("killed before and after it sends a batch of reputation, Central writes that once", async () => {
  await complete();
  await restart();
  await vi.waitFor(() => written(1), patience);
  for (const [round, where] of (["before", "after"] as const).entries()) {
    await restart(where);
    await restart();
    await vi.waitFor(() => written(round + 2), patience);
  }
  const batches = await world.sql("select status, sequence from reputation_batches order by id");
  expect(batches).toEqual(["1", "2", "3"].map((sequence) => ({ status: "CONFIRMED", sequence })));
}, 120_000);
