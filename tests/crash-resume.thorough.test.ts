import { createHash } from "node:crypto";
import { loadJobFile } from "@cyxwiz/engine";
import { encodeWeights, openDataset, train as trainHere } from "@cyxwiz/training";
import { type Cluster, endTestCluster, startTestCluster } from "cyxwiz/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { smallJob, train } from "./support/train.ts";
import { until } from "./support/until.ts";

const NODE = "node-1";
const EPOCHS = 60;
let cluster: Cluster;

beforeAll(async () => {
  cluster = await startTestCluster({ centralArgs: ["--heartbeat-seconds", "1"] });
}, 120_000);
afterAll(() => endTestCluster(cluster));

const node = () => cluster.nodes.at(-1);

/** The node once more, where its clients know it. */
async function startNodeAgain(): Promise<void> {
  await cluster.startNode(NODE, ["--port", node()?.endpoint.split(":").at(-1) ?? ""]);
}

/** What training gives that nobody disturbs. */
async function undisturbed(jobFile: string): Promise<string> {
  const { spec, dataset } = await loadJobFile(jobFile);
  for await (const event of trainHere({ spec, dataset: openDataset(dataset as Uint8Array) })) {
    if (event.type === "done") return createHash("sha256").update(encodeWeights(event.weights)).digest("hex");
  }
  throw new Error("training gave no result");
}

test("a node is stopped in the middle of a job, then killed, then killed with Central: the job goes on and is paid", {
  timeout: 240_000,
}, async () => {
  const jobFile = await smallJob({ epochs: EPOCHS, rows: 3_000 });
  const training = await train(cluster, jobFile);
  const epochs = () => training.events.flatMap(({ event, epoch }) => (event === "checkpoint" ? [Number(epoch)] : []));
  const disturbAfter = async (epoch: number, end: () => Promise<unknown>) => {
    await until(`epoch ${epoch}`, async () => epochs().length >= epoch);
    await end();
    expect(epochs().length).toBeLessThan(EPOCHS);
  };

  await disturbAfter(5, async () => node()?.piece.stop());
  await startNodeAgain();
  await disturbAfter(15, async () => node()?.piece.kill());
  await startNodeAgain();
  await disturbAfter(25, () => Promise.all([cluster.central.piece.kill(), node()?.piece.kill()]));
  await cluster.restartCentral();
  await startNodeAgain();

  const { resultHash } = await training.event("trained");
  expect(resultHash).toBe(await undisturbed(jobFile));
  // Each once and in order, as if nothing had happened.
  expect(epochs()).toEqual(Array.from({ length: EPOCHS }, (_, index) => index + 1));
  await training.event("paid");
  expect(await training.piece.exited).toMatchObject({ code: 0 });
});
