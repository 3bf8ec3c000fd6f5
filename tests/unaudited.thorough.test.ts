import { type Cluster, endTestCluster, startTestCluster } from "cyxwiz/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startLying } from "./support/lying.ts";
import { paid, smallJob, train } from "./support/train.ts";
import { replayed, verify } from "./support/verify.ts";

// A lie in one epoch is mostly not drawn; here, never, so that somebody is left to find it.
const UNAUDITED = { centralArgs: ["--no-audits"] };

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startTestCluster(UNAUDITED);
}, 120_000);
afterAll(() => endTestCluster(cluster));

test("a node that skips steps, or says that an epoch went better than it did, is found out there", {
  timeout: 120_000,
}, async () => {
  const { lie } = await startLying(cluster, ["skipped steps in epoch 7"]);
  const skipping = await paid(await train(cluster, await smallJob({ epochs: 10 })));
  await lie("metrics that lie in epoch 7");
  const boasting = await paid(await train(cluster, await smallJob({ epochs: 11 })));
  const [before, steps, metrics] = await Promise.all([
    verify(cluster, [skipping, "--epoch", "6"]),
    verify(cluster, [skipping, "--epoch", "7"]),
    verify(cluster, [boasting, "--epoch", "7"]),
  ]);
  expect(before).toMatchObject({ code: 0, last: { holds: true } });
  expect(steps).toMatchObject({ code: 1, last: { event: "verdict", holds: false, problems: [], chosen: [7] } });
  const hash = expect.stringMatching(/^[0-9a-f]{64}$/);
  expect(replayed(steps).at(-1)).toMatchObject({
    ...{ epoch: 7, holds: false },
    differences: [{ what: "state", claimed: hash, replayed: hash }, { what: "metrics" }],
  });
  expect(metrics).toMatchObject({ code: 1, last: { holds: false } });
  expect(replayed(metrics).at(-1)).toMatchObject({
    ...{ epoch: 7, holds: false },
    differences: [{ what: "metrics", details: [{ name: "loss", claimed: 0.001, replayed: expect.any(Number) }] }],
  });
});
