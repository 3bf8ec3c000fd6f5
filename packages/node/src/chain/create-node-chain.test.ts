import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@connectrpc/connect";
import { EscrowState } from "@cyxwiz/contracts";
import { createTlsTransport, JobExecutionService } from "@cyxwiz/protocol";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadWallet } from "../identity/wallet.ts";
import { startNode } from "../start-node.ts";
import { CentralPeer } from "../testing/central-peer.ts";
import { collect } from "../testing/fixture.ts";
import { dataset, jobConfig } from "../testing/jobs.ts";
import { type Platform, startPlatform } from "../testing/platform.ts";
import { createNodeChain } from "./create-node-chain.ts";

let dataDir: string;
let walletPath: string;
let platform: Platform;
let central: CentralPeer;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "cyxwiz-node-chain-"));
  walletPath = join(dataDir, "wallet.json");
  [platform, central] = await Promise.all([startPlatform(walletPath), CentralPeer.start(dataDir)]);
});
afterAll(async () => {
  await central.close();
  await platform.close();
  await rm(dataDir, { recursive: true });
});

function start(stakeAmount = platform.stake) {
  const config = {
    dataDir,
    walletPath,
    port: 0,
    central: { endpoint: central.endpoint, certificatePem: central.certificatePem },
    chain: platform.config,
    stakeAmount,
    computeScore: 10,
    closeGraceMs: 500,
  };
  return startNode(config, { log: pino({ level: "silent" }) });
}

test("a node registers and stakes on chain once, and marks the job it takes as started", async () => {
  await (await start()).close();
  const node = await start();
  try {
    const chain = createNodeChain(platform.config, await loadWallet(walletPath));
    const registration = await chain.readRegistration(AbortSignal.timeout(5_000));
    expect(registration).toMatchObject({ status: "active", active: true, staked: platform.stake });
    expect(Buffer.from(registration?.fingerprint ?? []).toString("hex")).toBe(node.certificate.fingerprintSha256);
    expect(await chain.readTokens(AbortSignal.timeout(5_000))).toBe(0n);
    chain.close();

    const jobId = crypto.randomUUID();
    const bytes = dataset();
    const config = await jobConfig(jobId, bytes);
    const amount = 7n * 10n ** 9n;
    const escrow = await platform.lock(config, amount);
    central.offer(jobId, { config, escrow, payer: platform.payer.address, amount });
    const transport = createTlsTransport({
      peer: "the node",
      baseUrl: `https://${node.endpoint}`,
      certificatePem: node.certificate.certificatePem,
      maxMessageBytes: 1 << 20,
    });
    const client = createClient(JobExecutionService, transport.transport);
    await client.connectToNode({ authToken: await central.token(jobId), jobId });
    await client.sendJob({ jobId, config, initialDataset: bytes });
    const updates = await collect(Object.assign(client, { hangUp: transport.close }));
    transport.close();
    expect(updates.at(-1)?.update.case).toBe("complete");
    expect(await platform.readEscrow(escrow)).toMatchObject({ state: EscrowState.Running, amount });
    await central.until(() => central.completions.length > 0);
  } finally {
    await node.close();
  }
});

test("what is no escrow is none, and a cluster that is not there is a failure with a code", async () => {
  const wallet = await loadWallet(walletPath);
  const chain = createNodeChain(platform.config, wallet);
  const signal = AbortSignal.timeout(20_000);
  expect(await chain.readEscrow(platform.mint, signal)).toBeUndefined();
  expect(await chain.readEscrow(platform.payer.address, signal)).toBeUndefined();
  chain.close();
  await expect(start(platform.stake + 1n)).rejects.toMatchObject({ code: "STAKE_NOT_FUNDED" });
  const nowhere = createNodeChain({ rpcUrls: ["http://127.0.0.1:1"], wsUrl: "ws://127.0.0.1:1" }, wallet);
  await expect(nowhere.readMint(signal)).rejects.toMatchObject({ code: "UNREACHABLE" });
  nowhere.close();
});
