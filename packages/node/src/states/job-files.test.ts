import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { type RequestOptions, request } from "node:https";
import { join } from "node:path";
import { fromJson } from "@bufbuild/protobuf";
import { firstBrokenLink, hashFromHex, hashMetrics, toHex } from "@cyxwiz/proof";
import { JobConfigSchema } from "@cyxwiz/protocol";
import { decodeState, encodeState, initialState, specOfJob } from "@cyxwiz/training";
import { afterAll, beforeAll, expect, test } from "vitest";
import { termsOf } from "../jobs/check-job.ts";
import { collect, endlessJob, Fixture } from "../testing/fixture.ts";
import type { KeptLink } from "./link-journal.ts";

let fixture: Fixture;
let job: Awaited<ReturnType<Fixture["submit"]>>;

beforeAll(async () => {
  fixture = await Fixture.start();
  job = await fixture.submit();
  await collect(job.client);
});
afterAll(() => fixture.close());

async function get(path: string, headers: Record<string, string> = {}, options: RequestOptions = {}) {
  const call = request(`https://${fixture.node.endpoint}/jobs/${job.jobId}/${path}`, {
    ca: fixture.node.certificate.certificatePem,
    agent: false,
    headers: { authorization: `Bearer ${job.sessionToken}`, ...headers },
    ...options,
  });
  call.end();
  const [response] = (await once(call, "response")) as [IncomingMessage];
  const body = Buffer.concat(await response.toArray());
  return { status: response.statusCode, headers: response.headers, body };
}

interface Proof {
  readonly config: never;
  readonly storedEpochs: readonly number[];
  readonly links: readonly KeptLink[];
}
const proof = async () => JSON.parse((await get("proof")).body.toString("utf8")) as Proof;
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

test("the proof has what was agreed and every link, each with its metrics", async () => {
  const answer = await proof();
  expect(answer).toMatchObject({
    version: 1,
    jobId: job.jobId,
    termsHash: toHex(termsOf(job.config, job.jobId)),
    escrow: `escrow-of-${job.jobId}`,
    nonce: "1",
    datasetSha256: sha256(job.bytes),
    phase: "completed",
    resultHash: sha256((await get("weights")).body),
    parameterOrders: [],
  });
  expect(toHex(termsOf(fromJson(JobConfigSchema, answer.config), job.jobId))).toBe(
    toHex(termsOf(job.config, job.jobId)),
  );
  expect(answer.links.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3]);
  const [start, ...rest] = answer.links.map((link) => ({
    stateHash: hashFromHex(link.stateHash, "state_hash"),
    metricsHash: hashMetrics(link.metrics),
    timestampSeconds: BigInt(link.timestampSeconds),
    checkpointHash: hashFromHex(link.checkpointHash, "checkpoint_hash"),
  }));
  expect(firstBrokenLink(start?.checkpointHash ?? new Uint8Array(), rest)).toBeUndefined();
});

test("a stored state is what its link commits to, whole and in parts; the initial one is there always", async () => {
  const { storedEpochs, links } = await proof();
  expect(storedEpochs.length).toBeGreaterThan(0);
  for (const epoch of [0, ...storedEpochs]) {
    const whole = await get(`states/${epoch}`);
    expect(whole).toMatchObject({ status: 200, headers: { etag: `"${links[epoch]?.stateHash}"` } });
    expect(sha256(whole.body)).toBe(links[epoch]?.stateHash);
    expect(decodeState(whole.body).epoch).toBe(epoch);
    const part = await get(`states/${epoch}`, { range: "bytes=100-199", "if-range": whole.headers.etag ?? "" });
    expect(part).toMatchObject({ status: 206, headers: { "content-range": `bytes 100-199/${whole.body.length}` } });
    expect(part.body.equals(whole.body.subarray(100, 200))).toBe(true);
  }
  const initial = encodeState(initialState(specOfJob(job.config)));
  expect((await get("states/0")).body.equals(initial)).toBe(true);
});

test("where a state is not kept, the answer names the nearest before it", async () => {
  const { storedEpochs } = await proof();
  const answer = await get("states/4");
  expect(answer.status).toBe(404);
  expect(JSON.parse(answer.body.toString())).toMatchObject({
    code: "STATE_NOT_KEPT",
    number: 7010,
    context: { epoch: 4, nearest: storedEpochs.at(-1) },
  });
});

test("the data set comes back byte for byte", async () => {
  const whole = await get("dataset");
  expect(whole.headers.etag).toBe(`"${sha256(job.bytes)}"`);
  expect(whole.body.equals(job.bytes)).toBe(true);
  const head = await get("dataset", {}, { method: "HEAD" });
  expect(head).toMatchObject({ status: 200, headers: { "content-length": String(job.bytes.length) } });
});

test("an audit token reads what the job is replayed from, of that job alone, and not the weights", async () => {
  const audit = (jobId: string, options: object = {}) => fixture.central.auditToken(jobId, options);
  const authorization = `Bearer ${await audit(job.jobId)}`;
  for (const path of ["proof", "dataset", "states/0"]) expect((await get(path, { authorization })).status).toBe(200);
  expect((await get("weights", { authorization })).status).toBe(401);
  const status = async (token: string) => (await get("proof", { authorization: `Bearer ${token}` })).status;
  expect(await status(await audit(crypto.randomUUID()))).toBe(403);
  expect(await status(await audit(job.jobId, { nodeId: crypto.randomUUID() }))).toBe(403);
  expect(await status(await audit(job.jobId, { nowMs: Date.now() - 901_000 }))).toBe(401);
  const forger = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  expect(await status(await audit(job.jobId, { key: forger.privateKey }))).toBe(401);
  // A job token that was never redeemed here is no audit token.
  expect(await status(await fixture.central.token(job.jobId))).toBe(401);
  expect(await status("made.up.token")).toBe(401);
  expect((await get("proof", { authorization: "" })).status).toBe(401);
  expect((await get("proof", { authorization }, { path: "/jobs/..%2f..%2fx/proof", method: "GET" })).status).toBe(403);
  expect((await get("states/x", { authorization })).status).toBe(404);
});

test("all of it is served while the job runs, and after a restart of the node", async () => {
  const finished = job;
  job = await fixture.submit(endlessJob());
  await fixture.central.until(() => fixture.central.progress.at(-1)?.jobId === job.jobId);
  const running = await proof();
  expect(running).toMatchObject({ phase: "running", resultHash: null });
  expect(running.links.length).toBeGreaterThan(1);
  await collect(job.client, { command: { case: "stop", value: true } });
  job = finished;
  const before = await get("proof");
  await fixture.node.close();
  await fixture.restart();
  expect((await get("proof")).body.equals(before.body)).toBe(true);
  const { storedEpochs, links } = await proof();
  const authorization = `Bearer ${await fixture.central.auditToken(job.jobId)}`;
  const epoch = storedEpochs.at(-1) ?? 0;
  expect(sha256((await get(`states/${epoch}`, { authorization })).body)).toBe(links[epoch]?.stateHash);
});

test("when the audit window is over, it is gone from the disk", async () => {
  await fixture.node.close();
  // Past the day for which the result is kept, then past the week.
  fixture.central.clockAheadMs = fixture.aheadMs = 2 * 86_400_000;
  await fixture.restart();
  const authorization = `Bearer ${await fixture.central.auditToken(job.jobId, { nowMs: Date.now() + fixture.aheadMs })}`;
  expect((await get("proof", { authorization })).status).toBe(200);
  expect((await get("proof")).status).toBe(401);
  await fixture.node.close();
  fixture.central.clockAheadMs = fixture.aheadMs = 8 * 86_400_000;
  await fixture.restart();
  const later = `Bearer ${await fixture.central.auditToken(job.jobId, { nowMs: Date.now() + fixture.aheadMs })}`;
  expect((await get("proof", { authorization: later })).status).toBe(404);
  const directory = join(fixture.dataDir, "jobs", job.jobId);
  for (const name of ["dataset", "states", "links.jsonl", "job.json"]) {
    expect(existsSync(join(directory, name))).toBe(false);
  }
});
