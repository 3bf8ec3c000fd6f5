import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { copyFile, mkdir } from "node:fs/promises";
import { get } from "node:https";
import type { Socket } from "node:net";
import { join } from "node:path";
import { createClient } from "@connectrpc/connect";
import { createTlsTransport, openTunnel, type RelayCall, RelayService } from "@cyxwiz/protocol";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { CentralOptions } from "./config/central-config.ts";
import type { Central } from "./start-central.ts";
import { TestEngine } from "./testing/test-engine.ts";
import { TestNode } from "./testing/test-node.ts";
import { TestWorld } from "./testing/test-world.ts";

let world: TestWorld;
let node: TestNode;
let idle: TestNode;
let engine: TestEngine;
let stranger: TestEngine;
let jobId: string;
let jobToken: string;
const cleanups: (() => unknown)[] = [];

beforeAll(async () => {
  world = await TestWorld.start({ relayBytesPerSecond: 1 << 30 });
  [node, engine, stranger] = await Promise.all([
    TestNode.join(world),
    TestEngine.create(world),
    TestEngine.create(world),
  ]);
  const quote = await engine.submit();
  jobId = quote.jobId;
  jobToken = (await engine.confirm(jobId, await engine.pay(quote))).authToken;
  idle = await TestNode.join(world);
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

afterAll(async () => {
  for (const peer of [node, idle, engine, stranger]) peer?.close();
  await world?.close();
});

async function open(
  end: "job" | "call",
  id: string,
  { token, central = world.central }: { token?: string; central?: Central } = {},
): Promise<Socket> {
  const socket = await openTunnel({
    centralUrl: central.url,
    certificatePem: central.certificate.certificatePem,
    end: { end, id },
    bearerToken: token ?? (end === "job" ? await engine.walletToken() : (node.session ?? "")),
    timeoutMs: 10_000,
    signal: new AbortController().signal,
  });
  socket.on("error", () => {});
  cleanups.push(() => socket.destroy());
  return socket;
}

/** The node's stream of calls, from when Central knows of it. */
async function listening(central = world.central): Promise<AsyncIterator<RelayCall>> {
  const { transport, close } = createTlsTransport({
    peer: "Central",
    baseUrl: central.url,
    certificatePem: central.certificate.certificatePem,
    bearerToken: () => node.session,
    maxMessageBytes: 1 << 16,
  });
  cleanups.push(close);
  const calls = createClient(RelayService, transport).listen({}, { timeoutMs: 0 })[Symbol.asyncIterator]();
  expect((await calls.next()).value).toMatchObject({ callId: "", silenceSeconds: 30 });
  return calls;
}

/** A connection from the engine through Central to the node: both ends. */
async function connected(calls: AsyncIterator<RelayCall>, central = world.central): Promise<[Socket, Socket]> {
  const near = open("job", jobId, { central });
  const { value: call } = await calls.next();
  expect(call).toMatchObject({ jobId, centralUrl: "" });
  const far = open("call", (call as RelayCall).callId, { central });
  return Promise.all([near, far]);
}

/** One more Central on the same database, with other settings. */
async function another(options: Partial<CentralOptions>): Promise<Central> {
  const central = await world.startCentral({ relayBytesPerSecond: 1 << 30, ...options });
  cleanups.push(() => central.close());
  return central;
}

/** Resolves when a socket is closed, however. */
const gone = async (socket: Socket) =>
  socket.closed || (await new Promise((resolve) => socket.resume().once("close", resolve)));

const text = async (socket: Socket) => Buffer.concat(await socket.toArray()).toString();

test("what one end writes comes out at the other, and one end's end is the other's", async () => {
  const [near, far] = await connected(await listening());
  far.write("and back");
  expect(String(await once(near, "data"))).toBe("and back");
  const sent = randomBytes(300_000);
  near.end(sent);
  expect(Buffer.concat(await far.toArray())).toEqual(sent);
  // Central writes it down within a second, and counts it for its operators.
  await expect
    .poll(() => world.sql<{ bytes: string }>("select bytes from job_relays"), { timeout: 5_000 })
    .toMatchObject([{ bytes: String(sent.length + 8) }]);
  const ca = world.central.certificate.certificatePem;
  const [metrics] = await once(get(`${world.central.url}/metrics`, { ca, agent: false }), "response");
  const page = (await metrics.setEncoding("utf8").toArray()).join("");
  expect(page).toContain(`cyxwiz_relay_bytes_total ${sent.length + 8}`);
  expect(page).toContain("cyxwiz_relay_nodes 1");
});

test("the payer's wallet and the job's own token open a connection; nobody else's do", async () => {
  const calls = await listening();
  const near = open("job", jobId, { token: jobToken });
  await open("call", ((await calls.next()).value as RelayCall).callId);
  await near;
  const refused = (id: string, token: string, code: string) =>
    expect(open("job", id, { token })).rejects.toMatchObject({ code });
  await refused(jobId, await stranger.walletToken(), "NOT_YOURS");
  await refused(jobId, "nonsense", "TOKEN_INVALID");
  await refused(jobId, node.session ?? "", "TOKEN_INVALID");
  await refused(randomUUID(), await engine.walletToken(), "JOB_NOT_FOUND");
  world.skewMs = 400_000;
  await refused(jobId, jobToken, "TOKEN_EXPIRED");
  world.skewMs = 0;
  await idle.calls.heartbeat({ nodeId: idle.nodeId });
  const unpaid = await stranger.submit();
  await refused(unpaid.jobId, await stranger.walletToken(), "JOB_ILLEGAL_MOVE");
  await refused(unpaid.jobId, jobToken, "TOKEN_WRONG_AUDIENCE");
});

test("only the node that was called can answer, once, and while somebody waits", async () => {
  const calls = await listening();
  const near = open("job", jobId);
  const { callId } = (await calls.next()).value as RelayCall;
  await expect(open("call", callId, { token: idle.session ?? "" })).rejects.toMatchObject({ code: "RELAY_CALL_OVER" });
  await open("call", callId);
  await near;
  await expect(open("call", callId)).rejects.toMatchObject({ code: "RELAY_CALL_OVER" });
  await expect(open("call", "x", { token: "x" })).rejects.toMatchObject({ code: "TOKEN_INVALID" });
});

test("a node that does not listen, or not answer, is absent; a newer stream of a node ends the older", async () => {
  const central = await another({ relayAnswerSeconds: 1 });
  const absent = () =>
    expect(open("job", jobId, { central })).rejects.toMatchObject({
      code: "RELAY_NODE_ABSENT",
      context: { nodeId: node.nodeId },
    });
  await absent();
  const older = await listening(central);
  const newer = await listening(central);
  expect((await older.next()).done).toBe(true);
  const near = absent();
  const { callId } = (await newer.next()).value as RelayCall;
  await near;
  await expect(open("call", callId, { central })).rejects.toMatchObject({ code: "RELAY_CALL_OVER" });
});

test("whoever is lost, the other hears of it; so do both when Central ends", async () => {
  const calls = await listening();
  for (const side of [0, 1]) {
    const ends = await connected(calls);
    ends[side]?.destroy();
    await gone(ends[1 - side] as Socket);
  }
  const central = await another({});
  const ends = await connected(await listening(central), central);
  await Promise.all([central.close(), ...ends.map(gone)]);
});

test("a job has so many connections, and so many bytes by all replicas together, and no more", async () => {
  const { bytes } = (await world.sql<{ bytes: string }>("select bytes from job_relays"))[0] ?? { bytes: "0" };
  const central = await another({ relayConnectionsPerJob: 1, relayBytesPerJob: Number(bytes) + 100_000 });
  const calls = await listening(central);
  const [near, far] = await connected(calls, central);
  await expect(open("job", jobId, { central })).rejects.toMatchObject({
    code: "RELAY_LIMIT_REACHED",
    context: { limit: "it has 1 connections at a time already" },
  });
  near.write(Buffer.alloc(150_000));
  await Promise.all([gone(near), gone(far)]);
  await expect(open("job", jobId, { central })).rejects.toMatchObject({
    code: "RELAY_LIMIT_REACHED",
    message: expect.stringContaining("bytes have been relayed"),
  });
  const full = await another({ relayConnections: 0 });
  await expect(open("job", jobId, { central: full })).rejects.toMatchObject({ code: "RELAY_LIMIT_REACHED" });
});

test("a job's connections share its speed, and one over which nothing passes is closed", async () => {
  const central = await another({ relayBytesPerSecond: 400_000, relayIdleSeconds: 1 });
  const calls = await listening(central);
  const pairs = [await connected(calls, central), await connected(calls, central)];
  const silent = await connected(calls, central);
  const startedMs = performance.now();
  for (const [near] of pairs) near.end(Buffer.alloc(200_000));
  const received = await Promise.all(pairs.map(async ([, far]) => Buffer.concat(await far.toArray()).length));
  expect(received).toEqual([200_000, 200_000]);
  // The first chunk goes at once, and what waits is at most a chunk each: 64 KiB.
  expect(performance.now() - startedMs).toBeGreaterThan(1_000 - 2 * 165);
  await Promise.all(silent.map(gone));
});

test("an end that does not read holds the other up, and Central keeps next to nothing", async () => {
  const [near, far] = await connected(await listening());
  near.pause();
  const chunk = Buffer.alloc(64 * 1024);
  let accepted = 0;
  // Until nothing goes on for a while: every buffer on the way is full.
  for (let full = false; !full; ) {
    const drained = far.write(chunk) ? Promise.resolve() : once(far, "drain");
    accepted += chunk.length;
    full = await Promise.race([drained.then(() => false), new Promise<boolean>((done) => setTimeout(done, 500, true))]);
  }
  expect(accepted).toBeLessThan(24 * 1024 * 1024);
  far.end();
  expect(Buffer.concat(await near.toArray()).length).toBe(accepted);
});

test("a node that listens at one replica answers at the one where somebody waits", async () => {
  const dataDir = join(world.directory, "second-central");
  await mkdir(dataDir);
  await copyFile(join(world.directory, "central", "token-key.json"), join(dataDir, "token-key.json"));
  const second = await another({ dataDir });
  const calls = await listening();
  const near = open("job", jobId, { central: second });
  const call = (await calls.next()).value as RelayCall;
  expect(call).toMatchObject({ centralUrl: second.url, certificatePem: second.certificate.certificatePem });
  expect(call.certificatePem).not.toBe(world.central.certificate.certificatePem);
  const far = await open("call", call.callId, { central: second });
  (await near).end("across");
  expect(await text(far)).toBe("across");
});
