import { afterAll, beforeAll, expect, test } from "vitest";
import { DatabaseWorld } from "../testing/database-world.ts";
import { deleteJob } from "./delete-job.ts";
import { forgetJobs } from "./forget-jobs.ts";

const DAY_MS = 86_400_000;

let world: DatabaseWorld;

beforeAll(async () => {
  world = await DatabaseWorld.start();
});

afterAll(() => world?.close());

test("what was deleted or never paid is forgotten after 30 days, and where it came from after one; the rest is kept", async () => {
  const at = { completedAt: new Date(), submittedFrom: "192.0.2.1" };
  await world.job({ status: "EXPIRED", ...at });
  const refunding = await world.job({ status: "REFUNDING", escrowAddress: "x", escrowNonce: 1n, ...at });
  const [paid, deleted] = [
    await world.job({ status: "COMPLETED", ...at }),
    await world.job({ status: "COMPLETED", ...at }),
  ];
  await deleteJob(world.context(), deleted);
  await expect(deleteJob(world.context(), refunding)).rejects.toMatchObject({ code: "JOB_ILLEGAL_MOVE" });
  const left = async () => {
    await forgetJobs(world.context());
    return world.sql<{ id: string; submitted_from: string | null }>("select id, submitted_from from jobs");
  };
  expect(await left()).toHaveLength(4);
  world.skewMs = 2 * DAY_MS;
  expect((await left()).map(({ submitted_from }) => submitted_from)).toEqual([null, null, null, null]);
  world.skewMs = 31 * DAY_MS;
  expect((await left()).map(({ id }) => id).sort()).toEqual([paid, refunding].sort());
});
