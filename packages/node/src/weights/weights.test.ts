import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, utimes } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { type RequestOptions, request } from "node:https";
import { join } from "node:path";
import type { WeightsChunk } from "@cyxwiz/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { collect, Fixture } from "../testing/fixture.ts";

let fixture: Fixture;
let job: Awaited<ReturnType<Fixture["submit"]>>;
let content: Buffer;

beforeAll(async () => {
  fixture = await Fixture.start();
  job = await fixture.submit();
  await collect(job.client);
  content = await readFile(join(fixture.dataDir, "jobs", job.jobId, "weights.safetensors"));
});
afterAll(() => fixture.close());

async function get(headers: Record<string, string> = {}, options: RequestOptions = {}) {
  const call = request(`https://${fixture.node.endpoint}/jobs/${job.jobId}/weights`, {
    ca: fixture.node.certificate.certificatePem,
    agent: false,
    headers: { authorization: `Bearer ${job.sessionToken}`, ...headers },
    ...options,
  });
  call.end();
  const [response] = (await once(call, "response")) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(await response.toArray()) };
}

const etag = () => `"${createHash("sha256").update(content).digest("hex")}"`;

test("the whole file, with its hash as ETag", async () => {
  const whole = await get();
  expect(whole).toMatchObject({ status: 200, headers: { etag: etag(), "accept-ranges": "bytes" } });
  expect(whole.body.equals(content)).toBe(true);
  const head = await get({}, { method: "HEAD" });
  expect(head).toMatchObject({ status: 200, headers: { "content-length": String(content.length) } });
  expect(head.body).toHaveLength(0);
  expect(await get({ "if-none-match": etag() })).toMatchObject({ status: 304 });
});

test("a download is resumed where it broke off", async () => {
  const first = await get({ range: "bytes=0-99" });
  expect(first.headers["content-range"]).toBe(`bytes 0-99/${content.length}`);
  const rest = await get({ range: "bytes=100-", "if-range": etag() });
  expect(rest.status).toBe(206);
  expect(Buffer.concat([first.body, rest.body]).equals(content)).toBe(true);
  const other = await get({ range: "bytes=100-", "if-range": '"another file"' });
  expect(other.status).toBe(200);
  expect(other.body.equals(content)).toBe(true);
});

test("a range beyond the end is refused with the size", async () => {
  const answer = await get({ range: `bytes=${content.length}-` });
  expect(answer).toMatchObject({ status: 416, headers: { "content-range": `bytes */${content.length}` } });
});

test("many clients at once each get all of it", async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => get()));
  for (const { body } of answers) expect(body.equals(content)).toBe(true);
});

test("only who has the session gets anything, and only by reading", async () => {
  expect(await get({ authorization: "" })).toMatchObject({ status: 401, headers: { "www-authenticate": "Bearer" } });
  expect(await get({ authorization: "Bearer made-up" })).toMatchObject({ status: 401 });
  expect(await get({ authorization: `Bearer ${job.token}` })).toMatchObject({ status: 200 });
  expect(await get({}, { method: "POST" })).toMatchObject({ status: 405, headers: { allow: "GET, HEAD" } });
  expect(await get({}, { path: `/jobs/${crypto.randomUUID()}/weights` })).toMatchObject({ status: 403 });
  expect(await get({}, { path: "/jobs/../wallet.json/weights" })).toMatchObject({ status: 404 });
});

async function download(offset: number, chunkSize: number): Promise<WeightsChunk[]> {
  const chunks: WeightsChunk[] = [];
  for await (const chunk of job.client.downloadWeights({ jobId: job.jobId, offset: BigInt(offset), chunkSize })) {
    chunks.push(chunk);
  }
  return chunks;
}

test.each([
  [0, 0],
  [0, 100],
  [37, 64],
])("DownloadWeights from %i in chunks of %i", async (offset, chunkSize) => {
  const chunks = await download(offset, chunkSize);
  expect(Buffer.concat(chunks.map(({ data }) => data)).equals(content.subarray(offset))).toBe(true);
  expect(chunks.map(({ isLastChunk }) => isLastChunk)).toEqual(chunks.map((_, index) => index === chunks.length - 1));
  let at = offset;
  for (const chunk of chunks) {
    expect(chunk.offset).toBe(BigInt(at));
    expect(chunk.totalSize).toBe(BigInt(content.length));
    expect(chunk.checksum).toBe(createHash("sha256").update(chunk.data).digest("hex"));
    at += chunk.data.length;
  }
});

test("DownloadWeights at the very end says so; beyond it is an error", async () => {
  expect(await download(content.length, 0)).toMatchObject([{ isLastChunk: true, data: new Uint8Array() }]);
  await expect(download(content.length + 1, 0)).rejects.toMatchObject({ code: "INVALID_FIELD" });
  await expect(download(-1, 0)).rejects.toMatchObject({ code: "INVALID_FIELD" });
});

test("a restart of the node costs nobody the weights", async () => {
  await fixture.node.close();
  await fixture.restart();
  const client = fixture.client(job.sessionToken);
  const updates = await collect(client);
  expect(updates.map(({ update }) => update.case)).toEqual(["log", "checkpoint", "complete"]);
  expect((await get()).body.equals(content)).toBe(true);
  expect(await get({ authorization: `Bearer ${job.token}` })).toMatchObject({ status: 200 });
  expect(await get({ authorization: "Bearer made-up" })).toMatchObject({ status: 401 });
  job = { ...job, client };
});

test("weights of a job that has none yet", async () => {
  const { jobId, token } = await fixture.offer();
  const { client } = await fixture.connect(jobId, token);
  const first = client.downloadWeights({ jobId })[Symbol.asyncIterator]().next();
  await expect(first).rejects.toMatchObject({ code: "WEIGHTS_NOT_READY" });
});

test("after its time a result is gone from the disk", async () => {
  const path = join(fixture.dataDir, "jobs", job.jobId, "weights.safetensors");
  expect(existsSync(path)).toBe(true);
  await fixture.node.close();
  const dayAgo = Date.now() / 1_000 - 25 * 60 * 60;
  await utimes(path, dayAgo, dayAgo);
  await fixture.restart();
  expect(existsSync(path)).toBe(false);
  expect(await get()).toMatchObject({ status: 401 });
});
