import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadOrCreateCertificate, startTlsServer } from "@cyxwiz/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fetchToFile } from "./fetch-to-file.ts";

/** More than two parts. */
const content = randomBytes(20_000_000);
const cleanups: (() => unknown)[] = [];
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "cyxwiz-to-file-"));
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await rm(directory, { recursive: true });
});

/** A node that serves the content; `spoil` may answer in its place, by the number of the request. */
async function serve(spoil: (asked: number, response: ServerResponse) => boolean = () => false) {
  const certificate = await loadOrCreateCertificate({ directory, commonName: "node", hosts: [] });
  const etag = `"${createHash("sha256").update(content).digest("hex")}"`;
  const starts: number[] = [];
  const server = await startTlsServer({
    ...{ host: "127.0.0.1", port: 0, certificate, maxMessageBytes: 1024 },
    routes: () => {},
    http: (request, response) => {
      const answer = response as ServerResponse;
      const [, start = 0, last = 0] = (
        /^bytes=(\d+)-(\d+)$/.exec((request as IncomingMessage).headers.range ?? "") ?? []
      ).map(Number);
      starts.push(start);
      if (spoil(starts.length, answer)) return true;
      const end = Math.min(last + 1, content.length);
      const headers = {
        etag,
        "content-range": `bytes ${start}-${end - 1}/${content.length}`,
        "content-length": end - start,
      };
      answer.writeHead(206, headers).end(content.subarray(start, end));
      return true;
    },
    onUnexpected: () => {},
  });
  cleanups.push(() => server.close(0));
  const { certificatePem } = certificate;
  const url = `https://127.0.0.1:${server.port}/jobs/1/dataset`;
  const signal = AbortSignal.timeout(20_000);
  return { starts, file: { url, certificatePem, bearerToken: "audit", maxBytes: content.length, signal } };
}

test("it comes in parts, and goes on after the last whole one where a connection breaks", async () => {
  const { file, starts } = await serve((asked, response) => {
    if (asked === 2 || asked === 4) response.destroy();
    return asked === 2 || asked === 4;
  });
  const path = join(directory, "dataset");
  expect(await fetchToFile(file, path)).toBe(content.length);
  expect((await readFile(path)).equals(content)).toBe(true);
  const part = 8 * 1024 * 1024;
  expect(starts).toEqual([0, part, part, 2 * part, 2 * part]);
});

test("more than is allowed, a refusal, and a place that cannot be written to are errors", async () => {
  const { file } = await serve();
  const path = join(directory, "dataset");
  const tooLarge = fetchToFile({ ...file, maxBytes: content.length - 1 }, path);
  await expect(tooLarge).rejects.toMatchObject({ code: "MESSAGE_TOO_LARGE" });
  await expect(fetchToFile(file, "/dev/full")).rejects.toMatchObject({ code: "STORAGE_FAILED" });
  await expect(fetchToFile(file, join(directory, "none", "x"))).rejects.toMatchObject({ code: "STORAGE_FAILED" });
  const refusing = await serve((_, response) => {
    response.writeHead(404, { "content-type": "application/json" }).end("{}");
    return true;
  });
  await expect(fetchToFile(refusing.file, path)).rejects.toMatchObject({ name: "CyxwizError" });
});
