import { minimumStake } from "@cyxwiz/contracts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DatabaseWorld } from "../testing/database-world.ts";
import { lookForNodes } from "./uptime.ts";

const LOOK_MS = 300_000;
const LOOKS_A_DAY = 288;

let world: DatabaseWorld;

beforeAll(async () => {
  world = await DatabaseWorld.start();
});

afterAll(() => world?.close());

async function node(): Promise<string> {
  const id = await world.node();
  await world.sql(`update nodes set stake_amount = ${minimumStake(0n)}, registration = 'active' where id = $1`, [id]);
  return id;
}

/** So many looks, five minutes apart, at which the nodes named have just spoken. */
async function looks(count: number, there: readonly string[]): Promise<void> {
  for (let look = 0; look < count; look++) {
    world.skewMs += LOOK_MS;
    const spoke = new Date(Date.now() + world.skewMs);
    await world.sql("update nodes set last_heartbeat_at = $1, session_hash = id::text where id = any($2)", [
      spoke,
      there,
    ]);
    await lookForNodes(world.context());
  }
}

const outcomes = (id: string) =>
  world.sql<{ reason: string; value: number }>(
    "select reason, value from reputation_update_queue where node_id = $1 order by id",
    [id],
  );

test("a day is an outcome, with how much of it the node was there; Central's own absence is nobody's", async () => {
  const [steady, shaky] = [await node(), await node()];
  await looks(72, [steady, shaky]);
  await looks(72, [steady]);
  // Nobody looked for two days.
  world.skewMs += 2 * 86_400_000;
  await looks(LOOKS_A_DAY - 145, [steady, shaky]);
  expect(await outcomes(steady)).toEqual([]);
  await looks(1, [steady, shaky]);
  expect(await outcomes(steady)).toEqual([{ reason: "UPTIME", value: 1_000 }]);
  expect(await outcomes(shaky)).toEqual([{ reason: "UPTIME", value: 750 }]);
});

test("two replicas look once", async () => {
  const id = await node();
  await looks(1, [id]);
  await Promise.all([lookForNodes(world.context()), lookForNodes(world.context())]);
  const count = async () => (await world.sql<{ uptime_looks: number }>("select * from nodes where id = $1", [id]))[0];
  expect((await count())?.uptime_looks).toBe(1);
  world.skewMs += LOOK_MS;
  await Promise.all([lookForNodes(world.context()), lookForNodes(world.context())]);
  expect((await count())?.uptime_looks).toBe(2);
});

test("the thirtieth full day in a row is an outcome of its own, and a day that is not full begins anew", async () => {
  const [month, broken] = [await node(), await node()];
  const lastLook = async (days: number, seen: number, id: string) =>
    world.sql("update nodes set uptime_days = $1, uptime_looks = $2, uptime_seen = $3 where id = $4", [
      days,
      LOOKS_A_DAY - 1,
      seen,
      id,
    ]);
  await lastLook(29, LOOKS_A_DAY - 1, month);
  await lastLook(29, LOOKS_A_DAY - 5, broken);
  await looks(1, [month, broken]);
  expect(await outcomes(month)).toEqual([
    { reason: "UPTIME", value: 1_000 },
    { reason: "UPTIME_MONTH", value: 0 },
  ]);
  expect(await outcomes(broken)).toEqual([{ reason: "UPTIME", value: 986 }]);
  const days = await world.sql("select uptime_days as days, uptime_looks as looks from nodes where id = any($1)", [
    [month, broken],
  ]);
  expect(days).toEqual([
    { days: 0, looks: 0 },
    { days: 0, looks: 0 },
  ]);
});

test("who has too little at stake for any job, is suspended, or left a week ago is not looked for", async () => {
  const [poor, suspended, gone] = [await node(), await node(), await node()];
  await looks(1, [poor, suspended, gone]);
  await world.sql(`update nodes set stake_amount = ${minimumStake(0n) - 1n} where id = $1`, [poor]);
  await world.sql("update nodes set registration = 'suspended' where id = $1", [suspended]);
  world.skewMs += 8 * 86_400_000;
  await looks(1, [poor, suspended]);
  const rows = await world.sql("select uptime_looks as looks from nodes where id = any($1)", [[poor, suspended, gone]]);
  expect(rows).toEqual([{ looks: 1 }, { looks: 1 }, { looks: 1 }]);
});
