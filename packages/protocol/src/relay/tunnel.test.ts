import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Transform } from "node:stream";
import { createClient } from "@connectrpc/connect";
import { CyxwizError } from "@cyxwiz/errors";
import { afterEach, expect, test } from "vitest";
import {
  acceptTunnel,
  createTlsTransport,
  dialTls,
  JobService,
  loadOrCreateCertificate,
  openTunnel,
  parseTunnelPath,
  refuseTunnel,
  splice,
  startTlsServer,
  type TlsServer,
  type TlsServerOptions,
} from "../index.ts";

const SECRET = "what only engine and node may know";
const TOKEN = "the-token-of-the-session";
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serve(options: Partial<TlsServerOptions>) {
  const directory = await mkdtemp(join(tmpdir(), "cyxwiz-tunnel-"));
  cleanups.push(() => rm(directory, { recursive: true }));
  const certificate = await loadOrCreateCertificate({ directory, commonName: "test", hosts: [] });
  const where = { host: "127.0.0.1", port: 0, certificate };
  const server = await startTlsServer({
    ...where,
    routes: () => {},
    maxMessageBytes: 1 << 16,
    onUnexpected: () => {},
    ...options,
  });
  cleanups.push(() => server.close(0));
  return { server, url: `https://127.0.0.1:${server.port}`, certificatePem: certificate.certificatePem };
}

/** What a node serves: a call and a page, each for those who have the token. */
function serveNode() {
  return serve({
    routes: (router) =>
      router.service(JobService, {
        getJobStatus: (_request, { requestHeader }) => {
          if (requestHeader.get("authorization") !== `Bearer ${TOKEN}`) throw new Error("a stranger");
          return { status: { metrics: { [SECRET]: 1 } } };
        },
      }),
    http: ({ headers }, response) => {
      response.end(headers.authorization === `Bearer ${TOKEN}` ? SECRET.repeat(50_000) : "nothing");
      return true;
    },
  });
}

/** A Central that connects every caller with one node, and does to the bytes that pass whatever it likes. */
async function serveCentral(node: TlsServer, touch: (bytes: Buffer) => Buffer) {
  const waiting: Socket[] = [];
  const central = await serve({
    upgrade: ({ url }: IncomingMessage, socket: Socket) => {
      const caller = parseTunnelPath(url)?.end === "call" ? waiting.shift() : undefined;
      if (!caller) {
        waiting.push(socket);
        void open("call").then((opened) => node.accept(opened));
        return;
      }
      for (const end of [caller, socket]) acceptTunnel(end);
      const via = () =>
        new Transform({ transform: (chunk: Buffer, _encoding, done) => done(undefined, touch(Buffer.from(chunk))) });
      void splice(caller, socket, { via, idleTimeoutMs: 5_000, signal: new AbortController().signal });
    },
  });
  const open = (end: "job" | "call", signal = new AbortController().signal) =>
    openTunnel({
      centralUrl: central.url,
      certificatePem: central.certificatePem,
      end: { end, id: "1" },
      bearerToken: "t",
      timeoutMs: 5_000,
      signal,
    });
  return { ...central, open };
}

/** What an engine reaches the node by. */
function callNode(central: Awaited<ReturnType<typeof serveCentral>>, certificatePem: string) {
  const dial = async (protocol: "h2" | "http/1.1", signal: AbortSignal) =>
    dialTls({
      peer: "the node",
      address: "node.invalid:1",
      certificatePem,
      protocol,
      timeoutMs: 5_000,
      signal,
      over: await central.open("job", signal),
    });
  const { transport, close } = createTlsTransport({
    peer: "the node",
    baseUrl: "https://node.invalid:1",
    dial: (signal) => dial("h2", signal),
    bearerToken: () => TOKEN,
    maxMessageBytes: 1 << 20,
  });
  cleanups.push(close);
  const page = async () => {
    const socket = await dial("http/1.1", new AbortController().signal);
    const call = request({ createConnection: () => socket, headers: { authorization: `Bearer ${TOKEN}` } });
    call.end();
    const [response] = (await once(call, "response")) as [IncomingMessage];
    // Later failures come to the reader of the response.
    call.on("error", () => {});
    return (await response.setEncoding("utf8").toArray()).join("");
  };
  return { getJobStatus: () => createClient(JobService, transport).getJobStatus({ jobId: "1" }), page };
}

test("calls and pages come through, and Central sees nothing of them", async () => {
  const node = await serveNode();
  const seen: Buffer[] = [];
  const central = await serveCentral(node.server, (bytes) => {
    seen.push(bytes);
    return bytes;
  });
  const { getJobStatus, page } = callNode(central, node.certificatePem);
  expect((await getJobStatus()).status?.metrics).toEqual({ [SECRET]: 1 });
  expect(await page()).toBe(SECRET.repeat(50_000));
  const passed = Buffer.concat(seen);
  expect(passed.length).toBeGreaterThan(SECRET.length * 50_000);
  for (const text of [SECRET, SECRET.slice(0, 8), TOKEN, "Bearer", "GetJobStatus"]) {
    expect(passed.includes(text)).toBe(false);
  }
});

test("one changed byte breaks the connection", async () => {
  const node = await serveNode();
  let passed = 0;
  const central = await serveCentral(node.server, (bytes) => {
    passed += bytes.length;
    // After the handshake: in the middle of what is encrypted.
    if (passed > 200_000 && bytes.length > 100) bytes[50] = (bytes[50] as number) ^ 1;
    return bytes;
  });
  await expect(callNode(central, node.certificatePem).page()).rejects.toThrow();
});

test("a Central that answers in the node's place is refused", async () => {
  const node = await serveNode();
  const impostor = await serveNode();
  const central = await serveCentral(impostor.server, (bytes) => bytes);
  const { getJobStatus } = callNode(central, node.certificatePem);
  await expect(getJobStatus()).rejects.toMatchObject({ code: "UNREACHABLE", context: { peer: "the node" } });
});

test("after a lost connection the next call opens another", async () => {
  const node = await serveNode();
  const central = await serveCentral(node.server, (bytes) => bytes);
  let last: Socket | undefined;
  const { getJobStatus } = callNode(
    { ...central, open: async (end, signal) => (last = await central.open(end, signal)) },
    node.certificatePem,
  );
  await Promise.all([getJobStatus(), getJobStatus()]);
  const first = last;
  first?.destroy();
  await once(first as Socket, "close");
  await getJobStatus();
  expect(last).not.toBe(first);
});

test("a refusal, silence, an abort, a closed port and a server without relay each have their code", async () => {
  const refusal = new CyxwizError("JOB_NOT_FOUND", { jobId: "1" });
  const refusing = await serve({ upgrade: (_request, socket) => refuseTunnel(socket, refusal) });
  const silent = await serve({ upgrade: () => {} });
  const other = await serve({});
  const base = { end: { end: "job", id: "1" }, bearerToken: "t" } as const;
  const open = ({ url, certificatePem }: typeof silent, timeoutMs = 5_000, signal = new AbortController().signal) =>
    openTunnel({ ...base, centralUrl: url, certificatePem, timeoutMs, signal });
  await expect(open(refusing)).rejects.toMatchObject({ code: "JOB_NOT_FOUND", context: { jobId: "1" } });
  await expect(open(silent, 200)).rejects.toMatchObject({ code: "TIMED_OUT" });
  await expect(open(silent, 5_000, AbortSignal.timeout(50))).rejects.toMatchObject({ code: "ABORTED" });
  await expect(open(other)).rejects.toMatchObject({ code: "UNIMPLEMENTED" });
  await expect(open({ ...other, url: "https://127.0.0.1:1" })).rejects.toMatchObject({ code: "UNREACHABLE" });
  const impostor = { ...other, certificatePem: refusing.certificatePem };
  await expect(open(impostor)).rejects.toMatchObject({ code: "UNREACHABLE", context: { peer: "Central" } });
});
