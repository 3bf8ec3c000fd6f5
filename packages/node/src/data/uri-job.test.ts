import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { StatusCode } from "@cyxwiz/protocol";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { collect, Fixture } from "../testing/fixture.ts";
import { dataset, modelDefinition } from "../testing/jobs.ts";

const bytes = dataset();
let server: Server;
let origin: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let fixture: Fixture;

beforeAll(async () => {
  server = createServer((request, response) => answer(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
afterEach(async () => {
  server.closeAllConnections();
  await fixture.close();
});

const start = async (overrides: Parameters<typeof Fixture.start>[0] = {}) => {
  answer = (_, response) => void response.end(bytes);
  fixture = await Fixture.start(overrides, (address) => address === "127.0.0.1");
};

/** A job whose data the node is to fetch, as far as the node takes it. */
async function submit(options: { uri?: string; agreed?: string } = {}) {
  const { uri = `${origin}/data`, agreed = "" } = options;
  const job = await fixture.offer({ bytes, config: { datasetUri: agreed } });
  const connected = await fixture.connect(job.jobId, job.token);
  const named = agreed === "" ? { datasetUri: uri } : {};
  await connected.client.sendJob({ jobId: job.jobId, config: job.config, ...named });
  return { ...job, ...connected, directory: join(fixture.dataDir, "jobs", job.jobId) };
}

const end = async (client: Parameters<typeof collect>[0]) => (await collect(client)).at(-1)?.update;

test("data that the node fetches is trained with the same result as data that is sent, in memory and from its file", async () => {
  await start();
  const result = async (client: Parameters<typeof collect>[0]) => {
    const last = await end(client);
    return last?.case === "complete" ? last.value.resultHash : `${last?.case}`;
  };
  const expected = await result((await fixture.submit({ bytes })).client);
  expect(await result((await submit()).client)).toBe(expected);
  await fixture.close();
  await start({ datasetMemoryBytes: 0 });
  const { client, directory } = await submit({ agreed: `${origin}/data` });
  expect(await result(client)).toBe(expected);
  expect((await readFile(join(directory, "dataset"))).equals(bytes)).toBe(true);
  await fixture.node.close();
  fixture.central.clockAheadMs = fixture.aheadMs = 8 * 86_400_000;
  await fixture.restart();
  expect(existsSync(join(directory, "dataset"))).toBe(false);
});

test.each<[what: string, code: string, use: typeof answer, config?: Parameters<typeof start>[0]]>([
  ["other data than agreed", "JOB_TERMS_MISMATCH", (_, response) => void response.end(dataset({ samples: 191 }))],
  [
    "other data, for a job that trains from its file",
    "JOB_TERMS_MISMATCH",
    (_, response) => void response.end("1,2,3\n"),
    { datasetMemoryBytes: 0 },
  ],
  ["an error page", "DATA_FETCH_FAILED", (_, response) => void response.writeHead(500).end()],
  [
    "too much",
    "DATA_TOO_LARGE",
    (_, response) => void response.end(Buffer.concat([bytes, bytes])),
    { maxDatasetBytes: bytes.length },
  ],
  ["nothing", "DATA_FETCH_FAILED", () => undefined, { datasetSilenceMs: 50 }],
  ["nothing for too long", "TIMED_OUT", () => undefined, { datasetTimeoutMs: 50 }],
])("a URI that gives %s ends the job before it starts, and leaves nothing behind", async (_, code, use, config) => {
  await start(config);
  answer = use;
  const { client, directory, jobId } = await submit();
  expect(await end(client)).toMatchObject({ case: "error", value: { errorCode: code } });
  await fixture.central.until(() => fixture.central.results.length > 0);
  // It is no failure of the node.
  expect(fixture.central.results).toMatchObject([{ jobId, finalStatus: StatusCode.STATUS_CANCELLED }]);
  expect(fixture.chain.started).toEqual([]);
  for (const name of ["dataset", "dataset.part", "job.json"]) expect(existsSync(join(directory, name))).toBe(false);
  // The place is free again.
  expect((await fixture.submit({ bytes })).sessionToken).not.toBe("");
});

test("a full disk is the node's own failure, and leaves nothing behind", async () => {
  await start();
  const job = await fixture.offer({ bytes });
  const directory = join(fixture.dataDir, "jobs", job.jobId);
  await mkdir(directory, { recursive: true });
  await symlink("/dev/full", join(directory, "dataset.part"));
  const { client } = await fixture.connect(job.jobId, job.token);
  await client.sendJob({ jobId: job.jobId, config: job.config, datasetUri: `${origin}/data` });
  expect(await end(client)).toMatchObject({ case: "error", value: { errorCode: "STORAGE_FAILED" } });
  await fixture.central.until(() => fixture.central.results.length > 0);
  expect(fixture.central.results[0]?.finalStatus).toBe(StatusCode.STATUS_FAILED);
  expect(existsSync(join(directory, "dataset.part"))).toBe(false);
});

test("what a node does not read is refused, and the data itself is still welcome", async () => {
  fixture = await Fixture.start();
  const { jobId, config, token } = await fixture.offer({ bytes });
  const { client } = await fixture.connect(jobId, token);
  const uris = ["file:///etc/passwd", "ftp://example.com/x", "data.bin", "http://user:pass@example.com/", "https://"];
  for (const datasetUri of uris) {
    const refused = client.sendJob({ jobId, config, datasetUri });
    await expect(refused, datasetUri).rejects.toMatchObject({ code: "DATA_URI_REFUSED" });
  }
  await client.sendJob({ jobId, config, datasetUri: "file:///home/me/data.npy", initialDataset: bytes });
  expect(await end(client)).toMatchObject({ case: "complete" });
  // Without an agreed hash, anybody on the way could change the data.
  const other = await fixture.offer({ bytes, config: { datasetSha256: "" } });
  const second = await fixture.connect(other.jobId, other.token);
  const named = { jobId: other.jobId, config: other.config, datasetUri: "https://example.com/x" };
  await expect(second.client.sendJob(named)).rejects.toThrow(/needs a hash/);
});

test("by default a node fetches nothing from its own machine", async () => {
  await start();
  await fixture.close();
  fixture = await Fixture.start();
  let reached = false;
  answer = (_, response) => {
    reached = true;
    response.end(bytes);
  };
  const { client } = await submit({ uri: `${origin.replace("127.0.0.1", "localhost")}/data` });
  expect(await end(client)).toMatchObject({ case: "error", value: { errorCode: "DATA_URI_REFUSED" } });
  expect(reached).toBe(false);
});

test("while its data is on its way a job has its place, can be sent again, and can be stopped", async () => {
  await start({ sendJobWithinMs: 1 });
  const asked = Promise.withResolvers<void>();
  answer = () => asked.resolve();
  const { client, jobId, config, directory } = await submit();
  await asked.promise;
  // The time that it takes is not the node's.
  await fixture.central.until(() => fixture.central.pausedJobs.includes(jobId));
  expect(fixture.central.heartbeats.at(-1)).toContain(jobId);
  const other = await fixture.offer({ bytes });
  await expect(fixture.connect(other.jobId, other.token)).rejects.toMatchObject({ code: "NODE_BUSY" });
  expect((await client.sendJob({ jobId, config, datasetUri: `${origin}/data` })).accepted).toBe(true);
  await expect(client.pauseTraining({ jobId })).rejects.toThrow(/waiting for its data/);
  const following = collect(client);
  const cancelled = await client.cancelTraining({ jobId, reason: "enough" });
  expect(cancelled).toMatchObject({ epochsCompleted: 0, partialModelSaved: false });
  expect((await following).at(-1)?.update).toMatchObject({ case: "error", value: { errorCode: "ABORTED" } });
  expect(existsSync(join(directory, "dataset.part"))).toBe(false);
  await fixture.central.until(() => fixture.central.results.length > 0);
  expect(fixture.central.results[0]?.finalStatus).toBe(StatusCode.STATUS_CANCELLED);
});

test("a node that is stopped while data is on its way gives the job up, and says so", async () => {
  await start();
  const asked = Promise.withResolvers<void>();
  answer = () => asked.resolve();
  const { directory, jobId } = await submit();
  await asked.promise;
  await fixture.node.close();
  expect(fixture.central.results).toMatchObject([{ jobId, finalStatus: StatusCode.STATUS_FAILED }]);
  expect(fixture.central.results[0]?.errorMessage).toMatch(/NODE_STOPPING/);
  for (const name of ["dataset", "dataset.part"]) expect(existsSync(join(directory, name))).toBe(false);
});

test("what a killed node had of a data set is removed at its next start", async () => {
  await start();
  const stray = join(fixture.dataDir, "jobs", crypto.randomUUID());
  await mkdir(stray, { recursive: true });
  await writeFile(join(stray, "dataset.part"), "half");
  await writeFile(join(stray, "dataset"), "whole, but of no job");
  await fixture.node.close();
  await fixture.restart();
  expect(existsSync(stray)).toBe(false);
});

test("a job that trains from its file goes on after the node's restart, to the same result", async () => {
  await start({ datasetMemoryBytes: 0 });
  const config = { epochs: 12, modelDefinition: modelDefinition({ epochs: 12 }) };
  const job = await fixture.offer({ bytes, config });
  const { client, sessionToken } = await fixture.connect(job.jobId, job.token);
  await client.sendJob({ jobId: job.jobId, config: job.config, datasetUri: `${origin}/data` });
  await fixture.central.until(() => fixture.central.progress.length >= 4);
  await client.pauseTraining({ jobId: job.jobId });
  client.hangUp();
  await fixture.node.close();
  await fixture.restart();
  const resumed = await end(fixture.client(sessionToken));
  const undisturbed = await end((await fixture.submit({ bytes, config })).client);
  expect(resumed).toMatchObject({ case: "complete", value: { resultHash: expect.stringMatching(/^[0-9a-f]{64}$/) } });
  const hashes = [resumed, undisturbed].map((update) => update?.case === "complete" && update.value.resultHash);
  expect(hashes[0]).toBe(hashes[1]);
});
