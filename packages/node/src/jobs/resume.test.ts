import { appendFile, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { firstBrokenLink, hashFromHex } from "@cyxwiz/proof";
import type { TrainingUpdate } from "@cyxwiz/protocol";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { collect, Fixture, openEnded } from "../testing/fixture.ts";
import { dataset, modelDefinition } from "../testing/jobs.ts";

const EPOCHS = 12;
const JOB = {
  bytes: dataset({ samples: 2_000 }),
  config: { epochs: EPOCHS, datasetSamples: 2_000n, modelDefinition: modelDefinition({ epochs: EPOCHS }) },
};

let fixture: Fixture;
let undisturbed: string;
beforeAll(async () => {
  const quiet = await Fixture.start();
  const { client } = await quiet.submit(JOB);
  undisturbed = resultOf(await collect(client));
  await quiet.close();
});
beforeEach(async () => {
  fixture = await Fixture.start();
});
afterEach(() => fixture.close());

function resultOf(updates: readonly TrainingUpdate[]): string {
  const last = updates.at(-1)?.update;
  if (last?.case !== "complete") throw new Error(`ended with ${last?.case}: ${JSON.stringify(last?.value)}`);
  return last.value.resultHash;
}

/** Stops the node in the middle of a job. Held first, so that no machine is fast enough to finish it meanwhile. */
async function stopAfter(epochs: number, { client, jobId }: Awaited<ReturnType<Fixture["submit"]>>) {
  await fixture.central.until(() => fixture.central.progress.length >= epochs);
  await client.pauseTraining({ jobId });
  client.hangUp();
  await fixture.node.close();
}

/** A job whose node has stopped after some epochs. */
async function stoppedJob() {
  const job = await fixture.submit(JOB);
  await stopAfter(4, job);
  return { ...job, directory: join(fixture.dataDir, "jobs", job.jobId) };
}

/** Starts the node again and waits for the job's end, with the session that it had before. */
async function seeThrough({ sessionToken }: { sessionToken: string }) {
  await fixture.restart();
  const updates = await collect(fixture.client(sessionToken));
  await fixture.central.until(() => fixture.central.completions.length > 0);
  return updates;
}

/** What a client hears that has heard nothing before, from the first epoch to the end: each checkpoint once. */
async function retell({ sessionToken }: { sessionToken: string }) {
  const abort = new AbortController();
  const epochs: number[] = [];
  const stream = fixture.client(sessionToken).streamTrainingMetrics(openEnded(abort.signal), {
    signal: abort.signal,
    headers: { "cyxwiz-after-sequence": "0" },
  });
  for await (const { update } of stream) if (update.case === "checkpoint") epochs.push(update.value.epoch);
  abort.abort();
  return epochs;
}

/** Every link reached Central once and in order, and each follows from the one before. */
function expectOneChain() {
  const links = fixture.central.progress.flatMap(({ commitments }) => commitments);
  expect(links.map(({ epoch }) => epoch)).toEqual(Array.from({ length: EPOCHS + 1 }, (_, epoch) => epoch));
  const [start, ...rest] = links.map((link) => ({
    checkpointHash: hashFromHex(link.checkpointHash, "checkpoint_hash"),
    stateHash: hashFromHex(link.stateHash, "state_hash"),
    metricsHash: hashFromHex(link.metricsHash || "0".repeat(64), "metrics_hash"),
    timestampSeconds: link.timestamp,
  }));
  expect(firstBrokenLink(start?.checkpointHash ?? new Uint8Array(), rest)).toBeUndefined();
}

test("a stopped node goes on with its job: same session, one chain, nothing twice, the same result", async () => {
  const job = await stoppedJob();
  const updates = await seeThrough(job);
  expect(resultOf(updates)).toBe(undisturbed);
  expectOneChain();
  expect(fixture.central.accepted).toEqual([job.jobId]);
  expect(fixture.central.results).toEqual([]);
  const everyEpoch = Array.from({ length: EPOCHS }, (_, index) => index + 1);
  expect(await retell(job)).toEqual(everyEpoch);
  // The job is known to be running, and not sent twice.
  const again = fixture.client(job.sessionToken).sendJob({ jobId: job.jobId, initialDataset: job.bytes });
  await expect(again).resolves.toMatchObject({ accepted: true });
  await fixture.node.close();
  await fixture.restart();
  expect(await retell(job)).toEqual(everyEpoch);
});

test("a parameter changed before the stop holds after it, and no epoch that is done can be changed any more", async () => {
  const job = await fixture.submit(JOB);
  await fixture.central.until(() => fixture.central.progress.length >= 2);
  await job.client.updateTraining({ jobId: job.jobId, params: { learningRate: 0.05 } });
  await stopAfter(6, job);
  await rm(join(fixture.dataDir, "jobs", job.jobId, "states"), { recursive: true });
  await fixture.restart();
  const late = fixture.client(job.sessionToken).updateTraining({
    jobId: job.jobId,
    params: { learningRate: 0.01, firstEpoch: 2 },
  });
  await expect(late).rejects.toMatchObject({ code: "NOT_POSSIBLE_NOW" });
  expect(resultOf(await collect(fixture.client(job.sessionToken)))).not.toBe(undisturbed);
  await fixture.central.until(() => fixture.central.completions.length > 0);
  expectOneChain();
  const ordered = fixture.central.progress.flatMap(({ commitments }) => commitments.flatMap(({ orders }) => orders));
  expect(ordered).toMatchObject([{ parameters: { learning_rate: 0.05 } }]);
});

test("without any state it trains from the start, and makes the same links again, with their old times", async () => {
  const job = await stoppedJob();
  const before = await readFile(join(job.directory, "links.jsonl"), "utf8");
  await rm(join(job.directory, "states"), { recursive: true });
  fixture.aheadMs = 20_000;
  expect(resultOf(await seeThrough(job))).toBe(undisturbed);
  expectOneChain();
  const after = await readFile(join(job.directory, "links.jsonl"), "utf8");
  expect(after.slice(0, before.length)).toBe(before);
});

test("a damaged state is passed over, and lines that a kill has cut off are mended", async () => {
  const job = await stoppedJob();
  const states = join(job.directory, "states");
  const names = (await readdir(states)).sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  const newest = join(states, names.at(-1) ?? "");
  const bytes = await readFile(newest);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  await writeFile(newest, bytes);
  await writeFile(`${newest}.new`, "a state that was being written");
  await appendFile(join(job.directory, "links.jsonl"), '{"epoch":');
  await appendFile(join(job.directory, "reports.jsonl"), '{"type":"prog');
  expect(resultOf(await seeThrough(job))).toBe(undisturbed);
  expectOneChain();
  expect(await readdir(states)).not.toContain(`${names.at(-1)}.new`);
});

test("a link that was made but not reported before the kill is reported after it", async () => {
  const job = await stoppedJob();
  const path = join(job.directory, "reports.jsonl");
  const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
  const answered = lines.filter((line) => line.includes('"answered"')).length;
  expect(answered).toBeGreaterThanOrEqual(5);
  const last = lines.filter((line) => line.includes('"progress"')).at(-1) ?? "";
  const { epoch } = JSON.parse(last) as { epoch: number };
  // As if it had been killed right before writing the last report.
  const kept = lines.filter((line) => line !== last);
  if (answered === lines.length - answered) kept.splice(kept.lastIndexOf('{"type":"answered"}'), 1);
  await writeFile(path, `${kept.join("\n")}\n`);
  const reported = fixture.central.progress.findIndex(({ currentEpoch }) => currentEpoch === epoch);
  if (reported >= 0) fixture.central.progress.splice(reported);
  expect(resultOf(await seeThrough(job))).toBe(undisturbed);
  expectOneChain();
});

test("training that gives another state than before does not go on under the old links", async () => {
  const job = await stoppedJob();
  const path = join(job.directory, "links.jsonl");
  const lines = (await readFile(path, "utf8")).split("\n");
  lines[2] = (lines[2] ?? "").replace(/"stateHash":"[0-9a-f]{64}"/, `"stateHash":"${"0".repeat(64)}"`);
  lines[2] = lines[2].replace(/"checkpointHash":"[0-9a-f]{64}"/, `"checkpointHash":"${"1".repeat(64)}"`);
  await writeFile(path, lines.join("\n"));
  await rm(join(job.directory, "states"), { recursive: true });
  await fixture.restart();
  expect((await collect(fixture.client(job.sessionToken))).at(-1)?.update).toMatchObject({
    case: "error",
    value: { errorCode: "PROOF_INVALID", errorMessage: expect.stringContaining("epoch 2, trained again") },
  });
});

test("a job whose escrow has ended meanwhile is not trained on, and the node takes the next", async () => {
  const job = await stoppedJob();
  const escrow = fixture.chain.escrows.get(`escrow-of-${job.jobId}`);
  if (escrow) fixture.chain.escrows.set(`escrow-of-${job.jobId}`, { ...escrow, locked: false, state: "Settled" });
  const seen = fixture.central.progress.length;
  await fixture.restart();
  expect((await collect(fixture.client(job.sessionToken))).at(-1)?.update).toMatchObject({ case: "error" });
  expect(fixture.central.progress.length).toBe(seen);
  const next = await fixture.submit();
  expect((await collect(next.client)).at(-1)?.update.case).toBe("complete");
});

test("a job that Central no longer wants is stopped as soon as the node is back", async () => {
  const job = await stoppedJob();
  fixture.central.jobsToCancel = [job.jobId];
  await fixture.restart();
  expect((await collect(fixture.client(job.sessionToken))).at(-1)?.update).toMatchObject({
    case: "error",
    value: { errorCode: "ABORTED" },
  });
});
