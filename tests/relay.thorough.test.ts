import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { clusterForTest } from "./support/cluster.ts";
import { smallJob, train } from "./support/train.ts";

test("nobody reaches the node from outside, and Central is killed on the way: the job is trained, paid and downloaded", {
  timeout: 120_000,
}, async () => {
  // What the node tells the world of itself is a port where nobody is, as behind a router.
  const cluster = await clusterForTest({ nodeArgs: ["--public-port", "1"] });
  const [node] = cluster.nodes;
  expect(node?.endpoint).toBe("127.0.0.1:1");
  const training = await train(cluster, await smallJob({ epochs: 60, rows: 3000 }));
  expect(await training.event("connected")).toMatchObject({ route: "relay", nodeEndpoint: node?.endpoint });
  await training.event("checkpoint");
  await cluster.central.piece.kill();
  await cluster.restartCentral();
  const { resultHash, weightsPath } = (await training.event("result")) as unknown as Record<string, string>;
  expect(await training.piece.exited).toMatchObject({ code: 0 });
  const connections = training.events.filter(({ event }) => event === "connected");
  expect(connections.map(({ again, route }) => [again, route])).toEqual([
    [false, "relay"],
    [true, "relay"],
  ]);
  const weights = await readFile(weightsPath ?? "");
  expect(createHash("sha256").update(weights).digest("hex")).toBe(resultHash);
});
