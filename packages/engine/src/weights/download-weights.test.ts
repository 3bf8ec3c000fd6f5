import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type HttpRequest, type HttpResponse, loadOrCreateCertificate, startTlsServer } from "@cyxwiz/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { downloadWeights } from "./download-weights.ts";

const content = randomBytes(3_000_000);
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

/** A real TLS server; `cut` says after how many bytes each connection breaks. */
async function serve(cut: (from: number) => number | undefined = () => undefined, served: Uint8Array = content) {
  const certificate = await loadOrCreateCertificate({ directory, commonName: "node", hosts: [] });
  const ranges: number[] = [];
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
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    ranges.push(from);
    if (request.headers.authorization !== "Bearer session") response.writeHead(401).end("who are you?");
    else if (from >= served.length) response.writeHead(416).end();
    else {
      const whole = served.subarray(from);
      response.writeHead(from > 0 ? 206 : 200, { "content-length": whole.length });
      const until = cut(from);
      if (until === undefined) response.end(whole);
      else response.write(whole.subarray(0, until), () => request.socket.destroy());
    }
    return true;
  }
  cleanups.push(() => server.close(0));
  return {
    ranges,
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

test("a download that breaks three times goes on where it stopped", async () => {
  let breaks = 0;
  const { options, ranges } = await serve(() => (breaks++ < 3 ? 700_000 : undefined));
  expect(await downloadWeights(options)).toEqual({ bytes: content.length, sha256 });
  expect(await readFile(options.path)).toEqual(content);
  expect(ranges.length).toBe(4);
  expect(ranges[3]).toBeGreaterThan(0);
});

test("what an earlier process fetched is not fetched again", async () => {
  const { options, ranges } = await serve();
  await rm(join(directory, "out"), { recursive: true, force: true });
  await downloadWeights(options);
  await rm(options.path);
  await writeFile(`${options.path}.part`, content.subarray(0, 2_000_000));
  await downloadWeights(options);
  expect(ranges).toEqual([0, 2_000_000]);
  await writeFile(`${options.path}.part`, content);
  await downloadWeights(options);
  expect(ranges.at(-1)).toBe(content.length);
});

test("leftovers of another job are thrown away", async () => {
  const { options } = await serve();
  await downloadWeights(options);
  await writeFile(`${options.path}.part`, randomBytes(1000));
  await downloadWeights(options);
  expect(await readFile(options.path)).toEqual(content);
});

test("other bytes than promised are refused and do not get the file's name", async () => {
  const { options } = await serve(() => undefined, randomBytes(5000));
  await expect(downloadWeights(options)).rejects.toMatchObject({ code: "WEIGHTS_CORRUPT" });
  await expect(readFile(options.path)).rejects.toMatchObject({ code: "ENOENT" });
  await expect(readFile(`${options.path}.part`)).rejects.toMatchObject({ code: "ENOENT" });
});

test("a refusal, another certificate and an abort each have their code", async () => {
  const { options } = await serve();
  await expect(downloadWeights({ ...options, bearerToken: "wrong" })).rejects.toMatchObject({ code: "REMOTE" });
  const other = await loadOrCreateCertificate({ directory: join(directory, "other"), commonName: "x", hosts: [] });
  const forged = { ...options, certificatePem: other.certificatePem, withinMs: 300 };
  await expect(downloadWeights(forged)).rejects.toMatchObject({ code: "UNREACHABLE" });
  await expect(downloadWeights({ ...options, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
});
