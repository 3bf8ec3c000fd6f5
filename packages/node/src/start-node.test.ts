import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type NodeConfig, startNode } from "./index.ts";
import { Fixture, openEnded } from "./testing/fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await Fixture.start();
});
afterEach(() => fixture.close());

/** The fixture's node once more, after it was closed. */
function again(overrides: Partial<NodeConfig> = {}, signal?: AbortSignal) {
  const config: NodeConfig = {
    dataDir: fixture.dataDir,
    walletPath: join(fixture.dataDir, "wallet.json"),
    port: 0,
    central: { endpoint: fixture.central.endpoint, certificatePem: fixture.central.certificatePem },
    chain: { rpcUrls: ["http://127.0.0.1:1"], wsUrl: "ws://127.0.0.1:1" },
    stakeAmount: 100n,
    computeScore: 10,
    ...overrides,
  };
  const backoff = { firstMs: 5, maxMs: 20 };
  return startNode(config, {
    chain: fixture.chain,
    backoff,
    log: pino({ level: "silent" }),
    ...(signal && { signal }),
  });
}

test("registers and stakes once; a second start changes nothing on chain and keeps identity and certificate", async () => {
  expect(fixture.chain.sent).toEqual(["register", "stake 100"]);
  await fixture.node.close();
  const node = await again();
  expect(node).toMatchObject({ nodeId: fixture.node.nodeId, wallet: fixture.node.wallet });
  expect(node.certificate.fingerprintSha256).toBe(fixture.node.certificate.fingerprintSha256);
  await node.close();
  expect(fixture.chain.sent).toEqual(["register", "stake 100"]);
});

test("brings a changed certificate and a higher stake on chain", async () => {
  await fixture.node.close();
  const node = await again({ dataDir: join(fixture.dataDir, "moved"), stakeAmount: 250n });
  await node.close();
  expect(fixture.chain.sent).toEqual(["register", "stake 100", "update", "stake 150"]);
});

test("refuses to start without the tokens to stake, or when it is banned", async () => {
  await fixture.node.close();
  await expect(again({ stakeAmount: 9_999n })).rejects.toMatchObject({ code: "STAKE_NOT_FUNDED" });
  if (fixture.chain.registration) fixture.chain.registration = { ...fixture.chain.registration, active: false };
  await expect(again()).rejects.toMatchObject({ code: "NODE_NOT_ALLOWED" });
});

test("waits for Central, but not for ever", async () => {
  await fixture.node.close();
  await fixture.central.close();
  await expect(again({ startTimeoutMs: 200 })).rejects.toMatchObject({ code: "UNREACHABLE" });
  const starting = again();
  await fixture.central.open();
  await (await starting).close();
});

test("gives up starting when it is told to", async () => {
  await fixture.node.close();
  await fixture.central.close();
  const stop = new AbortController();
  const starting = again({}, stop.signal);
  stop.abort();
  await expect(starting).rejects.toMatchObject({ code: "UNREACHABLE" });
});

test("closing ends the streams of clients that have not sent a job, and its port is free again", async () => {
  const { jobId, token } = await fixture.offer();
  const { client } = await fixture.connect(jobId, token);
  const abort = new AbortController();
  const kinds: (string | undefined)[] = [];
  for await (const { update } of client.streamTrainingMetrics(openEnded(abort.signal), { signal: abort.signal })) {
    kinds.push(update.case === "error" ? update.value.errorCode : update.case);
    if (kinds.length === 1) void fixture.node.close();
  }
  abort.abort();
  expect(kinds).toEqual(["log", "NODE_STOPPING"]);
  await fixture.node.close();
  const port = Number(fixture.node.endpoint.split(":")[1]);
  await (await again({ port })).close();
});

test("configuration and wallet are checked with a clear message that gives no secret away", async () => {
  await expect(again({ port: 70_000, central: { endpoint: "https://central" } })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringMatching(/central\.endpoint: must be "host:port".*port:/s),
  });
  await expect(again({ host: "0.0.0.0" })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringContaining("advertisedHost"),
  });
  const walletPath = join(fixture.dataDir, "bad.json");
  await expect(again({ walletPath })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  await writeFile(walletPath, JSON.stringify(Array.from({ length: 64 }, () => 77)));
  const failure = await again({ walletPath }).catch((error: Error) => error);
  expect(failure).toMatchObject({ code: "CONFIG_INVALID" });
  expect(String(failure)).not.toContain("77");
});
