import { generateKeyPairSigner } from "@solana/kit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DatabaseWorld } from "../testing/database-world.ts";
import { cancelJob } from "./cancel-job.ts";

let world: DatabaseWorld;

beforeAll(async () => {
  world = await DatabaseWorld.start();
});

afterAll(() => world?.close());

/** Resolves when a call waits for a row that another transaction holds. */
const blocked = () =>
  expect
    .poll(() => world.sql("select 1 from pg_locks where not granted"), { timeout: 10_000, interval: 10 })
    .toHaveLength(1);

test("a job that its node takes while somebody cancels it is the payer's alone to cancel", async () => {
  const { address: payerWallet } = await generateKeyPairSigner();
  const jobId = await world.job({ status: "ESCROW_CONFIRMED", payerWallet, assignedNodeId: await world.node() });
  const taking = await world.connection.pool.connect();
  await taking.query("begin");
  await taking.query("update jobs set status = 'RUNNING' where id = $1", [jobId]);
  const outcome = cancelJob(world.context(), jobId, { reason: "", caller: undefined }).catch((error) => error);
  await blocked();
  await taking.query("commit");
  taking.release();
  expect(await outcome).toMatchObject({ code: "TOKEN_MISSING" });
  expect(await world.statusOf(jobId)).toBe("RUNNING");
  await cancelJob(world.context(), jobId, { reason: "", caller: payerWallet });
  expect(await world.statusOf(jobId)).toBe("CANCELLED");
});
