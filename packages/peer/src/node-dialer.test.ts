import { mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CyxwizError } from "@cyxwiz/errors";
import { loadOrCreateCertificate, startTlsServer } from "@cyxwiz/protocol";
import { afterEach, expect, test } from "vitest";
import { NodeDialer } from "./node-dialer.ts";

const NOWHERE = "127.0.0.1:1";
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A node, and a relay that leads to it by other means. */
async function startNode() {
  const directory = await mkdtemp(join(tmpdir(), "cyxwiz-dialer-"));
  cleanups.push(() => rm(directory, { recursive: true }));
  const certificate = await loadOrCreateCertificate({ directory, commonName: "node", hosts: [] });
  const server = await startTlsServer({
    ...{ host: "127.0.0.1", port: 0, certificate, maxMessageBytes: 1024 },
    routes: () => {},
    onUnexpected: () => {},
  });
  cleanups.push(() => server.close(0));
  const relay = { open: async (): Promise<Socket> => connect(server.port, "127.0.0.1") };
  return { endpoint: `127.0.0.1:${server.port}`, certificatePem: certificate.certificatePem, relay };
}

async function dial(dialer: NodeDialer, signal = new AbortController().signal) {
  const socket = await dialer.dial("h2", signal);
  cleanups.push(() => socket.destroy());
  return dialer.route;
}

const unused = () => Promise.reject(new Error("the relay was asked for"));

test("a node that can be reached is reached directly", async () => {
  expect(await dial(new NodeDialer(await startNode(), unused))).toBe("direct");
});

test("where nobody answers, or somebody else, the relay leads to the node, and is tried first from then on", async () => {
  const [node, somebody] = [await startNode(), await startNode()];
  for (const endpoint of [NOWHERE, somebody.endpoint]) {
    let opened = 0;
    const dialer = new NodeDialer({ ...node, endpoint }, () => {
      opened++;
      return node.relay.open();
    });
    expect([await dial(dialer), await dial(dialer), opened]).toEqual(["relay", "relay", 2]);
  }
  let works = true;
  const dialer = new NodeDialer({ ...node, endpoint: NOWHERE }, () => (works ? node.relay.open() : unused()));
  await dial(dialer);
  works = false;
  await expect(dial(dialer)).rejects.toMatchObject({
    code: "UNREACHABLE",
    message: expect.stringMatching(/through Central: the relay was asked for; directly: .*ECONNREFUSED/),
  });
});

test("a node that is back is reached directly, although Central still waits for it", async () => {
  const directory = await mkdtemp(join(tmpdir(), "cyxwiz-dialer-"));
  cleanups.push(() => rm(directory, { recursive: true }));
  const certificate = await loadOrCreateCertificate({ directory, commonName: "node", hosts: [] });
  const start = (port: number) =>
    startTlsServer({
      ...{ host: "127.0.0.1", port, certificate, maxMessageBytes: 1024 },
      routes: () => {},
      onUnexpected: () => {},
    });
  const { port, close } = await start(0);
  await close(0);
  const asked = Promise.withResolvers<AbortSignal>();
  const waits = (signal: AbortSignal) => {
    asked.resolve(signal);
    return new Promise<Socket>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  };
  const node = { endpoint: `127.0.0.1:${port}`, certificatePem: certificate.certificatePem };
  const dialing = dial(new NodeDialer(node, waits));
  const relaySignal = await asked.promise;
  const again = await start(port);
  cleanups.push(() => again.close(0));
  expect(await dialing).toBe("direct");
  expect(relaySignal.aborted).toBe(true);
});

test("a relay that leads to somebody else is refused", async () => {
  const [node, somebody] = [await startNode(), await startNode()];
  const dialer = new NodeDialer({ ...node, endpoint: NOWHERE }, somebody.relay.open);
  await expect(dial(dialer)).rejects.toMatchObject({ code: "UNREACHABLE" });
});

test("a refusal for good keeps its code; an absent node may come back; an abort is an abort", async () => {
  const node = { ...(await startNode()), endpoint: NOWHERE };
  const limit = new CyxwizError("RELAY_LIMIT_REACHED", { jobId: "1", limit: "enough" });
  await expect(dial(new NodeDialer(node, () => Promise.reject(limit)))).rejects.toBe(limit);
  const absent = new CyxwizError("RELAY_NODE_ABSENT", { nodeId: "1" });
  await expect(dial(new NodeDialer(node, () => Promise.reject(absent)))).rejects.toMatchObject({ code: "UNREACHABLE" });
  await expect(dial(new NodeDialer(node, unused), AbortSignal.abort())).rejects.toMatchObject({ code: "ABORTED" });
});
