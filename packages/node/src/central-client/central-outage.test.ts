import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { StatusCode } from "@cyxwiz/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { collect, endlessJob, Fixture, openEnded } from "../testing/fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await Fixture.start();
});
afterEach(() => fixture.close());

test("a Central that is away for a while gets every report, once and in order", async () => {
  await fixture.central.close();
  const { central } = fixture;
  // The client was let in before the outage began, so it is opened again just for that.
  await central.open();
  const job = await fixture.offer();
  const { client } = await fixture.connect(job.jobId, job.token);
  await central.close();
  await client.sendJob({ jobId: job.jobId, config: job.config, initialDataset: job.bytes });
  expect((await collect(client)).at(-1)?.update.case).toBe("complete");
  expect(central.progress).toEqual([]);
  await central.open();
  await central.until(() => central.completions.length > 0);
  expect(central.accepted).toEqual([job.jobId]);
  const epochs = central.progress.flatMap(({ commitments }) => commitments.map(({ epoch }) => epoch));
  expect(epochs).toEqual([0, 1, 2, 3]);
});

test("a node that is killed before it could report says it after its next start", async () => {
  const { central } = fixture;
  const job = await fixture.offer();
  const { client } = await fixture.connect(job.jobId, job.token);
  await central.close();
  await client.sendJob({ jobId: job.jobId, config: job.config, initialDataset: job.bytes });
  await collect(client);
  // Its grace is over before Central is back, which leaves the same behind as a kill.
  await fixture.node.close();
  expect(central.progress).toEqual([]);
  await central.open();
  await fixture.restart();
  await central.until(() => central.completions.length > 0);
  expect(central.accepted).toEqual([job.jobId]);
  expect(central.progress.map(({ currentEpoch }) => currentEpoch)).toEqual([1, 2, 3]);
  expect(central.results).toEqual([]);
});

test("a job that was under way and cannot be resumed has failed, and leaves nothing behind", async () => {
  const { central } = fixture;
  const { client, jobId } = await fixture.submit(endlessJob());
  await central.until(() => central.progress.length > 0);
  const directory = join(fixture.dataDir, "jobs", jobId);
  await fixture.node.close();
  expect(await readdir(directory)).toContain("dataset");
  await rm(join(directory, "dataset"));
  await fixture.restart();
  await central.until(() => central.results.length > 0);
  expect(central.results).toMatchObject([{ jobId, finalStatus: StatusCode.STATUS_FAILED }]);
  client.hangUp();
  await fixture.node.close();
  expect(existsSync(directory)).toBe(false);
});

test("a call that fails now and then is sent again", async () => {
  let calls = 0;
  fixture.central.intercept = (method) => {
    if (method === "reportProgress" && calls++ % 2 === 0) throw new Error("not today");
  };
  const noise = console.error;
  console.error = () => {};
  try {
    const { client } = await fixture.submit();
    await collect(client);
    await fixture.central.until(() => fixture.central.completions.length > 0);
  } finally {
    console.error = noise;
  }
  expect(fixture.central.progress.map(({ currentEpoch }) => currentEpoch)).toEqual([1, 2, 3]);
});

test("a session that Central has forgotten is renewed without losing a report", async () => {
  const { client } = await fixture.submit();
  fixture.central.forgetSession();
  await collect(client);
  await fixture.central.until(() => fixture.central.completions.length > 0);
  expect(fixture.central.registrations).toBe(2);
  expect(fixture.central.progress.map(({ currentEpoch }) => currentEpoch)).toEqual([1, 2, 3]);
});

test("heartbeats name the running job, and bring Central's wish to stop it", async () => {
  const job = await fixture.submit(endlessJob());
  await fixture.central.until(() => fixture.central.heartbeats.at(-1)?.includes(job.jobId) ?? false);
  fixture.central.jobsToCancel = [job.jobId];
  const last = (await collect(job.client)).at(-1)?.update;
  expect(last).toMatchObject({ case: "error", value: { errorCode: "ABORTED" } });
});

test("a progress report answered with 'do not go on' stops the job", async () => {
  fixture.central.continueJob = false;
  const { client } = await fixture.submit(endlessJob());
  const last = (await collect(client)).at(-1)?.update;
  expect(last).toMatchObject({ case: "error", value: { errorCode: "ABORTED" } });
});

/** What a client hears of a job whose node is closed after its first checkpoint. */
async function closeAfterCheckpoint(job: Awaited<ReturnType<Fixture["submit"]>>) {
  const abort = new AbortController();
  const kinds: (string | undefined)[] = [];
  const stream = job.client.streamTrainingMetrics(openEnded(abort.signal), { signal: abort.signal });
  for await (const { update } of stream) {
    kinds.push(update.case === "error" ? update.value.errorCode : update.case);
    if (update.case === "checkpoint" && !kinds.includes("closing")) {
      kinds.push("closing");
      void fixture.node.close();
    }
  }
  abort.abort();
  await fixture.node.close();
  return kinds;
}

test("closing in the middle of a job ends its streams, but not the job: nobody hears that it has failed", async () => {
  const kinds = await closeAfterCheckpoint(await fixture.submit(endlessJob()));
  expect(kinds.at(-1)).toBe("log");
  expect(fixture.central.results).toEqual([]);
});

test("where the operator says so, closing in the middle of a job fails it", async () => {
  await fixture.close();
  fixture = await Fixture.start({ onStop: "fail" });
  const job = await fixture.submit(endlessJob());
  expect((await closeAfterCheckpoint(job)).at(-1)).toBe("NODE_STOPPING");
  expect(fixture.central.results).toMatchObject([{ jobId: job.jobId, finalStatus: StatusCode.STATUS_FAILED }]);
});
