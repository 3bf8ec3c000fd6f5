import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadOrCreateCertificate, startTlsServer } from "@cyxwiz/protocol";
import { afterEach, expect, test } from "vitest";
import { fetchWhole } from "./fetch-whole.ts";
import { RangeConnection } from "./range-connection.ts";

const content = randomBytes(3_000_000);
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type Answer = (request: IncomingMessage, response: ServerResponse, start: number, end: number) => void;

/** A node that answers request after request as given, and then with the content. */
async function serve(...answers: Answer[]) {
  const directory = await mkdtemp(join(tmpdir(), "cyxwiz-whole-"));
  cleanups.push(() => rm(directory, { recursive: true }));
  const certificate = await loadOrCreateCertificate({ directory, commonName: "node", hosts: [] });
  const starts: number[] = [];
  const server = await startTlsServer({
    ...{ host: "127.0.0.1", port: 0, certificate, maxMessageBytes: 1024 },
    routes: () => {},
    http: (request, response) => {
      const [, start, last] = (/^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? []).map(Number);
      starts.push(start as number);
      const answer = answers.shift() ?? part(content);
      answer(request as IncomingMessage, response as ServerResponse, start as number, (last as number) + 1);
      return true;
    },
    onUnexpected: () => {},
  });
  cleanups.push(() => server.close(0));
  const { certificatePem } = certificate;
  const url = `https://127.0.0.1:${server.port}/jobs/1/proof`;
  const signal = AbortSignal.timeout(20_000);
  return { starts, file: { url, certificatePem, bearerToken: "audit", maxBytes: 4_000_000, signal } };
}

function headers(of: Uint8Array, start: number, etag = createHash("sha256").update(of).digest("hex"), end = of.length) {
  const range = `bytes ${start}-${end - 1}/${of.length}`;
  return { etag: `"${etag}"`, "content-range": range, "content-length": end - start };
}

const part =
  (of: Uint8Array): Answer =>
  (_request, response, start, last) => {
    const end = Math.min(last, of.length);
    if (start < end) response.writeHead(206, headers(of, start, undefined, end)).end(of.subarray(start, end));
    else response.writeHead(416, { "content-range": `bytes */${of.length}` }).end();
  };

const cutAfter =
  (bytes: number, of = content, etag?: string): Answer =>
  (request, response, start) => {
    response.writeHead(206, headers(of, start, etag));
    response.write(of.subarray(start, start + bytes), () => request.socket.destroy());
  };

test("a file comes in one answer; an empty one, too", async () => {
  const { file, starts } = await serve(part(content), part(new Uint8Array(0)));
  expect(content.equals(await fetchWhole(file))).toBe(true);
  expect(await fetchWhole(file)).toEqual(new Uint8Array(0));
  expect(starts).toEqual([0, 0]);
});

test("what broke off goes on where it was", async () => {
  const { file, starts } = await serve(cutAfter(1_000_000), cutAfter(500_000));
  expect(content.equals(await fetchWhole(file))).toBe(true);
  // What was under way when the connection broke may be lost.
  const [first, second = 0, third = 0] = starts;
  expect([first, starts.length]).toEqual([0, 3]);
  expect(second).toBeGreaterThan(0);
  expect(second).toBeLessThanOrEqual(1_000_000);
  expect(third).toBeGreaterThan(second);
});

test("another file in its place, or one that cannot be told from another, is fetched from its start", async () => {
  const changed = await serve(cutAfter(1_000_000, randomBytes(2_000_000)));
  expect(content.equals(await fetchWhole(changed.file))).toBe(true);
  expect(changed.starts.at(-1)).toBe(0);
  expect(changed.starts).toHaveLength(3);
  const nameless = await serve(cutAfter(1_000_000, randomBytes(3_000_000), "no hash"));
  expect(content.equals(await fetchWhole(nameless.file))).toBe(true);
  expect(nameless.starts).toEqual([0, 0]);
});

test("too large a file, a refusal, and an abort each have their code", async () => {
  const { file, starts } = await serve(
    part(content),
    (_request, response) => response.writeHead(403).end("not yours"),
    (_request, response, start) => {
      response.writeHead(206, headers(content, start)).write(content.subarray(0, 1_000), () => stop.abort());
    },
  );
  await expect(fetchWhole({ ...file, maxBytes: 2_999_999 })).rejects.toMatchObject({
    code: "MESSAGE_TOO_LARGE",
    context: { bytes: 3_000_000, limitBytes: 2_999_999 },
  });
  await expect(fetchWhole(file)).rejects.toMatchObject({
    code: "REMOTE",
    message: expect.stringContaining("not yours"),
  });
  const stop = new AbortController();
  await expect(fetchWhole({ ...file, signal: stop.signal })).rejects.toMatchObject({ code: "ABORTED" });
  expect(starts).toHaveLength(3);
});

test("an answer to another question fails the one that was asked, and those behind it", async () => {
  const { file } = await serve((_request, response) =>
    response.writeHead(206, headers(content, 7)).end(content.subarray(7)),
  );
  const connection = await RangeConnection.open(file, file.signal);
  const into = () => new Uint8Array(content.length);
  const both = [0, 10].map((start) => connection.get({ start, maxBytes: content.length, into }));
  for (const answer of await Promise.allSettled(both)) {
    expect(answer).toMatchObject({
      reason: { code: "UNREACHABLE", context: { cause: expect.stringMatching(/not the part/) } },
    });
  }
});
