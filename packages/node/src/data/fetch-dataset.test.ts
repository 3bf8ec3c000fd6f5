import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, LookupFunction } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { loadOrCreateCertificate } from "@cyxwiz/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseHttpUrl } from "./dataset-source.ts";
import { DatasetSpool } from "./dataset-spool.ts";
import { type FetchOptions, fetchDataset } from "./fetch-dataset.ts";
import { isPublicAddress } from "./public-address.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const DATA = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index * 7));
let dataDir: string;
let spool: DatasetSpool;
const cleanups: (() => unknown)[] = [];
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "cyxwiz-fetch-"));
  spool = await DatasetSpool.create({ dataDir, jobId: crypto.randomUUID(), limitBytes: 200_000, source: "a test" });
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
  await spool.discard();
  await rm(dataDir, { recursive: true });
});

async function serve(answer: Answer): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function fetchFrom(uri: string, options: Partial<FetchOptions> = {}): Promise<void> {
  const { signal } = new AbortController();
  const url = parseHttpUrl(uri);
  return fetchDataset(url, spool, {
    mayConnectTo: (address) => address === "127.0.0.1",
    silenceMs: 5_000,
    signal,
    ...options,
  });
}

async function stored(): Promise<Buffer> {
  await spool.close();
  return readFile(spool.path);
}

test("it is stored byte for byte, over redirects, and asked for uncompressed", async () => {
  let encoding: unknown;
  const origin = await serve((request, response) => {
    encoding = request.headers["accept-encoding"];
    if (request.url === "/data") response.end(DATA);
    else response.writeHead(302, { location: request.url === "/" ? "/again" : `${origin}/data` }).end();
  });
  await fetchFrom(`${origin}/`);
  expect((await stored()).equals(DATA)).toBe(true);
  expect(encoding).toBe("identity");
});

test("a connection that breaks is opened again where it stopped, or from the start where the server can't", async () => {
  for (const canResume of [true, false]) {
    const asked: (string | undefined)[] = [];
    const origin = await serve(({ headers: { range } }, response) => {
      asked.push(range);
      const from = canResume ? Number(/\d+/.exec(range ?? "0")?.[0]) : 0;
      const headers = from > 0 ? { "content-range": `bytes ${from}-${DATA.length - 1}/${DATA.length}` } : {};
      response.writeHead(from > 0 ? 206 : 200, { "content-length": DATA.length - from, ...headers });
      if (asked.length > 2) response.end(DATA.subarray(from));
      else response.write(DATA.subarray(from, from + 30_000), () => response.socket?.end());
    });
    await fetchFrom(`${origin}/`);
    expect((await stored()).equals(DATA)).toBe(true);
    expect(asked[0]).toBeUndefined();
    expect(asked.length).toBeGreaterThanOrEqual(3);
    expect(asked[1]).toMatch(/^bytes=\d+-$/);
    await spool.discard();
    spool = await DatasetSpool.create({ dataDir, jobId: crypto.randomUUID(), limitBytes: 200_000, source: "a test" });
  }
});

test.each<[what: string, code: string, problem: RegExp, answer: Answer]>([
  [
    "an endless redirect",
    "DATA_FETCH_FAILED",
    /more than 5 redirects/,
    (_, res) => void res.writeHead(307, { location: "/" }).end(),
  ],
  [
    "a redirect to another scheme",
    "DATA_URI_REFUSED",
    /no http\(s\) URL/,
    (_, res) => void res.writeHead(301, { location: "file:///etc/passwd" }).end(),
  ],
  [
    "a redirect to a private address",
    "DATA_URI_REFUSED",
    /169\.254\.169\.254 is no public address/,
    (_, res) => void res.writeHead(302, { location: "http://169.254.169.254/latest" }).end(),
  ],
  [
    "a redirect to one in other clothes",
    "DATA_URI_REFUSED",
    /10\.0\.0\.1 is no public address/,
    (_, res) => void res.writeHead(302, { location: "http://0x0a.1/" }).end(),
  ],
  [
    "a redirect with credentials",
    "DATA_URI_REFUSED",
    /credentials/,
    (_, res) => void res.writeHead(302, { location: "http://user:secret@127.0.0.1/" }).end(),
  ],
  ["an error page", "DATA_FETCH_FAILED", /status 404/, (_, res) => void res.writeHead(404).end("no")],
  [
    "what is served compressed",
    "DATA_FETCH_FAILED",
    /compressed \(gzip\)/,
    (_, res) => void res.writeHead(200, { "content-encoding": "gzip" }).end("x"),
  ],
  [
    "a size over the limit",
    "DATA_TOO_LARGE",
    /200000 bytes/,
    (_, res) => void res.writeHead(200, { "content-length": 200_001 }).write("x"),
  ],
  ["more than the limit", "DATA_TOO_LARGE", /200000 bytes/, (_, res) => void res.end(Buffer.alloc(200_001))],
  [
    "a connection that breaks again and again",
    "DATA_FETCH_FAILED",
    /connection broke|ECONNRESET/,
    (_, res) => res.destroy(),
  ],
])("%s is refused and leaves nothing behind", async (_what, code, problem, answer) => {
  const origin = await serve(answer);
  const failure = await fetchFrom(`${origin}/?key=secret`).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code, message: expect.stringMatching(problem) });
  // What follows the path may be a key to the data.
  expect(String(failure)).not.toContain("secret");
  await spool.discard();
  expect(existsSync(dirname(spool.path))).toBe(false);
});

test("silence ends it, and so does the signal, in time", async () => {
  const started = Promise.withResolvers<void>();
  const origin = await serve((_, response) => void response.write("x", () => started.resolve()));
  const silent = fetchFrom(origin, { silenceMs: 50 });
  await expect(silent).rejects.toMatchObject({ code: "DATA_FETCH_FAILED" });
  const controller = new AbortController();
  const aborted = fetchFrom(origin, { signal: controller.signal });
  await started.promise;
  controller.abort();
  await expect(aborted).rejects.toMatchObject({ code: "ABORTED" });
});

test("a name is resolved once for each connection, all its addresses are judged, and no other is connected to", async () => {
  const origin = await serve((_, response) => void response.end(DATA));
  const { port } = new URL(origin);
  const resolveTo = (...addresses: string[]) => {
    const asked: string[] = [];
    const lookup: LookupFunction = (hostname, _options, callback) => {
      asked.push(hostname);
      callback(
        null,
        addresses.map((address) => ({ address, family: 4 })),
      );
    };
    return { asked, lookup };
  };
  const good = resolveTo("127.0.0.1");
  await fetchFrom(`http://data.example:${port}/`, { lookup: good.lookup });
  expect(good.asked).toEqual(["data.example"]);
  for (const addresses of [["10.0.0.1"], ["127.0.0.1", "10.0.0.1"]]) {
    const failure = fetchFrom(`http://data.example:${port}/`, { lookup: resolveTo(...addresses).lookup });
    await expect(failure).rejects.toMatchObject({ code: "DATA_URI_REFUSED" });
  }
});

test("by default nothing on this machine can be reached, by no name and no spelling", async () => {
  let reached = false;
  const origin = await serve((_, response) => {
    reached = true;
    response.end(DATA);
  });
  const { port } = new URL(origin);
  const hosts = [
    "127.0.0.1",
    "localhost",
    "2130706433",
    "0x7f.1",
    "0177.0.0.1",
    "0",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "127.1",
  ];
  for (const host of hosts) {
    const failure = fetchFrom(`http://${host}:${port}/`, { mayConnectTo: isPublicAddress });
    await expect(failure, host).rejects.toMatchObject({ code: "DATA_URI_REFUSED" });
  }
  expect(reached).toBe(false);
});

test("certificates are verified, and https does not lead to http", async () => {
  const certificate = await loadOrCreateCertificate({ directory: dataDir, commonName: "data", hosts: ["127.0.0.1"] });
  const server = createTlsServer(
    { cert: certificate.certificatePem, key: certificate.privateKeyPem },
    (request, response) => {
      if (request.url === "/data") response.end(DATA);
      else response.writeHead(302, { location: "http://127.0.0.1:1/" }).end();
    },
  ).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  cleanups.push(() => server.close());
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await expect(fetchFrom(`${origin}/data`)).rejects.toMatchObject({ code: "DATA_FETCH_FAILED" });
  const ca = certificate.certificatePem;
  await expect(fetchFrom(`${origin}/`, { ca })).rejects.toThrow(/from https to http/);
  await fetchFrom(`${origin}/data`, { ca });
  expect((await stored()).equals(DATA)).toBe(true);
});
