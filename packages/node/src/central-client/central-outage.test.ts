import { readdir, readFile, writeFile } from "node:fs/promises";
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

test("a node that was killed in the middle of a job says that the job has failed", async () => {
  const { central } = fixture;
  const { client, jobId } = await fixture.submit(endlessJob());
  await central.until(() => central.progress.length > 0);
  const directory = join(fixture.dataDir, "jobs", jobId);
  const journal = await readFile(join(directory, "reports.jsonl"), "utf8");
  await collect(client, { command: { case: "stop", value: true } });
  await fixture.node.close();
  // What a kill would have left: no last line, and one cut in the middle.
  await writeFile(join(directory, "reports.jsonl"), `${journal}{"type":"prog`);
  const before = central.results.length;
  await fixture.restart();
  await central.until(() => central.results.length > before);
  expect(central.results.at(-1)).toMatchObject({ jobId, finalStatus: StatusCode.STATUS_FAILED });
  await fixture.node.close();
  expect(await readdir(directory)).toEqual([]);
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

test("closing in the middle of a job ends its streams and tells Central", async () => {
  const { client, jobId } = await fixture.submit(endlessJob());
  const abort = new AbortController();
  const kinds: (string | undefined)[] = [];
  for await (const { update } of client.streamTrainingMetrics(openEnded(abort.signal), { signal: abort.signal })) {
    kinds.push(update.case === "error" ? update.value.errorCode : update.case);
    if (update.case === "checkpoint" && !kinds.includes("closing")) {
      kinds.push("closing");
      void fixture.node.close();
    }
  }
  abort.abort();
  expect(kinds.at(-1)).toBe("NODE_STOPPING");
  await fixture.node.close();
  expect(fixture.central.results).toMatchObject([{ jobId, finalStatus: StatusCode.STATUS_FAILED }]);
});
