import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type HttpRequest, type HttpResponse, loadOrCreateCertificate, startTlsServer } from "@cyxwiz/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { downloadWeights } from "./download-weights.ts";

const MIB = 1024 * 1024;
// Several parts, and a last one that is not whole.
const content = randomBytes(21 * MIB + 12_345);
const sha256 = createHash("sha256").update(content).digest("hex");
let directory: string;
const cleanups: (() => unknown)[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "cyxwiz-weights-"));
  cleanups.push(() => rm(directory, { recursive: true }));
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A real TLS server; `cut` says after how many bytes of an answer its connection breaks. */
async function serve(options: { cut?: (from: number) => number | undefined; served?: Uint8Array; etag?: string } = {}) {
  const { cut = () => undefined, served = content } = options;
  const certificate = await loadOrCreateCertificate({ directory, commonName: "node", hosts: [] });
  const ranges: number[] = [];
  const connections = new Set<object>();
  const server = await startTlsServer({
    host: "127.0.0.1",
    port: 0,
    certificate,
    routes: () => {},
    http: (request, response) => answer(request, response),
    maxMessageBytes: 1024,
    onUnexpected: () => {},
  });
  function answer(request: HttpRequest, to: HttpResponse): boolean {
    const response = to as ServerResponse;
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    const [from, until] = [Number(first), Math.min(Number(last) + 1, served.length)];
    ranges.push(from);
    connections.add(request.socket);
    const etag = options.etag === undefined ? {} : { etag: `"${options.etag}"` };
    if (request.headers.authorization !== "Bearer session") response.writeHead(401).end("who are you?");
    else if (from >= served.length) response.writeHead(416, { "content-range": `bytes */${served.length}` }).end();
    else {
      const part = served.subarray(from, until);
      const range = { "content-range": `bytes ${from}-${until - 1}/${served.length}` };
      response.writeHead(206, { ...etag, ...range, "content-length": part.length });
      const broken = cut(from);
      if (broken === undefined) response.end(part);
      else response.write(part.subarray(0, broken), () => request.socket.destroy());
    }
    return true;
  }
  cleanups.push(() => server.close(0));
  return {
    ranges,
    connections,
    options: {
      url: `https://127.0.0.1:${server.port}/jobs/1/weights`,
      certificatePem: certificate.certificatePem,
      bearerToken: "session",
      sha256,
      path: join(directory, "out", "weights.safetensors"),
      signal: AbortSignal.timeout(20_000),
    },
  };
}

test("parts come over several connections, each once, and make the file", async () => {
  const { options, ranges, connections } = await serve();
  expect(await downloadWeights(options)).toEqual({ bytes: content.length, sha256 });
  expect(content.equals(await readFile(options.path))).toBe(true);
  expect(ranges.sort((a, b) => a - b)).toEqual([0, 4, 8, 12, 16, 20].map((mib) => mib * MIB));
  // How many of the four get a part depends on how fast the first is.
  expect(connections.size).toBeGreaterThan(0);
  expect(connections.size).toBeLessThanOrEqual(4);
});

test("a download that breaks three times goes on where it stopped", async () => {
  let breaks = 0;
  const { options, ranges } = await serve({ cut: (from) => (from >= 8 * MIB && breaks++ < 3 ? 700_000 : undefined) });
  expect(await downloadWeights(options)).toEqual({ bytes: content.length, sha256 });
  expect(content.equals(await readFile(options.path))).toBe(true);
  expect(breaks).toBeGreaterThan(3);
  expect(ranges.filter((from) => from === 0)).toHaveLength(1);
});

test("what an earlier process fetched is not fetched again", async () => {
  const { options, ranges } = await serve();
  await downloadWeights(options);
  await rm(options.path);
  await writeFile(`${options.path}.part`, content.subarray(0, 20_000_000));
  ranges.length = 0;
  await downloadWeights(options);
  expect(ranges).toEqual([20_000_000]);
  await writeFile(`${options.path}.part`, content);
  await downloadWeights(options);
  expect(ranges).toEqual([20_000_000, content.length]);
});

test("leftovers of another job are thrown away, be they shorter or longer than the file", async () => {
  for (const leftover of [1_000, content.length + 1]) {
    const { options } = await serve();
    await downloadWeights(options);
    await writeFile(`${options.path}.part`, randomBytes(leftover));
    await downloadWeights(options);
    expect(content.equals(await readFile(options.path))).toBe(true);
  }
});

test("an empty file, and one that fits in a part", async () => {
  for (const served of [new Uint8Array(0), randomBytes(10)]) {
    const hash = createHash("sha256").update(served).digest("hex");
    const { options } = await serve({ served });
    expect(await downloadWeights({ ...options, sha256: hash })).toEqual({ bytes: served.length, sha256: hash });
  }
});

test("other bytes than promised are refused and do not get the file's name", async () => {
  const { options } = await serve({ served: randomBytes(5000) });
  await expect(downloadWeights(options)).rejects.toMatchObject({ code: "WEIGHTS_CORRUPT" });
  await expect(readFile(options.path)).rejects.toMatchObject({ code: "ENOENT" });
  await expect(readFile(`${options.path}.part`)).rejects.toMatchObject({ code: "ENOENT" });
});

test("a file that says at once that it is another one is not fetched; without an expectation its word counts", async () => {
  const other = await serve({ etag: "0".repeat(64) });
  await expect(downloadWeights(other.options)).rejects.toMatchObject({ code: "WEIGHTS_CORRUPT" });
  expect(other.ranges).toEqual([0]);
  const { options } = await serve({ etag: sha256 });
  const { sha256: _unknown, ...unexpected } = options;
  expect(await downloadWeights(unexpected)).toEqual({ bytes: content.length, sha256 });
});

test("a refusal, another certificate and an abort each have their code", async () => {
  const { options } = await serve();
  await expect(downloadWeights({ ...options, bearerToken: "wrong" })).rejects.toMatchObject({
    code: "REMOTE",
    message: expect.stringContaining("HTTP 401 who are you?"),
  });
  const other = await loadOrCreateCertificate({ directory: join(directory, "other"), commonName: "x", hosts: [] });
  const forged = { ...options, certificatePem: other.certificatePem, withinMs: 300 };
  await expect(downloadWeights(forged)).rejects.toMatchObject({ code: "UNREACHABLE" });
  await expect(downloadWeights({ ...options, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
});
