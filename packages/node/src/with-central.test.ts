import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient } from "@connectrpc/connect";
import { type Central, startCentral } from "@cyxwiz/central";
import { chainTime, createTokenAccount, sendAndConfirm, tokenBalance } from "@cyxwiz/chain";
import {
  DEFAULT_PLATFORM_PARAMETERS,
  fetchNode,
  findNodeAddress,
  getCreateEscrowInstructionAsync,
} from "@cyxwiz/contracts";
import {
  CENTRAL_AUDIENCE,
  createTlsTransport,
  JobExecutionService,
  JobService,
  StatusCode,
  signWalletToken,
  type TlsTransport,
} from "@cyxwiz/protocol";
import { address } from "@solana/kit";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { claimPayment, type RunningNode, startNode } from "./index.ts";
import { collect } from "./testing/fixture.ts";
import { dataset, jobConfig } from "./testing/jobs.ts";
import { type Platform, startPlatform } from "./testing/platform.ts";

const log = pino({ level: "silent" });
let dataDir: string;
let platform: Platform;
let central: Central;
let node: RunningNode;
let transports: TlsTransport[];
let jobs: Client<typeof JobService>;
let slot = 0;

function transportTo(baseUrl: string, certificatePem: string, bearerToken?: () => Promise<string>) {
  const auth = bearerToken ? { bearerToken } : {};
  const opened = createTlsTransport({ peer: baseUrl, baseUrl, certificatePem, maxMessageBytes: 1 << 24, ...auth });
  transports.push(opened);
  return opened.transport;
}

beforeAll(async () => {
  transports = [];
  dataDir = await mkdtemp(join(tmpdir(), "cyxwiz-node-central-"));
  const walletPath = join(dataDir, "wallet.json");
  platform = await startPlatform(walletPath);
  const { payer, config: chain, coordinatorKeypair } = platform;
  const centralDir = join(dataDir, "central");
  central = await startCentral(
    { port: 0, dataDir: centralDir, rpcUrl: platform.localnet.rpcUrl, wsUrl: chain.wsUrl, coordinatorKeypair },
    { log },
  );
  node = await startNode(
    {
      dataDir: join(dataDir, "node"),
      walletPath,
      port: 0,
      central: { endpoint: `127.0.0.1:${central.port}`, certificatePem: central.certificate.certificatePem },
      chain,
      stakeAmount: platform.stake,
      computeScore: 10,
    },
    { log },
  );
  const walletToken = () =>
    signWalletToken({
      wallet: payer.address,
      privateKey: payer.keyPair.privateKey,
      audience: CENTRAL_AUDIENCE,
      nowSeconds: Math.floor(Date.now() / 1000),
    });
  jobs = createClient(JobService, transportTo(central.url, central.certificate.certificatePem, walletToken));
}, 60_000);
afterAll(async () => {
  for (const { close } of transports) close();
  await node?.close();
  await central?.close();
  await platform?.close();
  await rm(dataDir, { recursive: true });
});

/** Submits a job, pays for it as its terms say, and connects to the node that Central names. */
async function payAndConnect(bytes: Uint8Array) {
  const config = await jobConfig("", bytes, { paymentAddress: platform.payer.address });
  const quote = await jobs.submitJob({ config });
  const terms = quote.escrowTerms;
  if (!terms) throw new Error("Central gave no terms");
  const { payer, mint, chain } = platform;
  const create = await getCreateEscrowInstructionAsync({
    payer,
    payerToken: await createTokenAccount(chain, { feePayer: payer, owner: payer.address, mint }),
    node: await findNodeAddress(address(terms.nodeWallet)),
    mint,
    slot: slot++,
    nonce: await chainTime(chain),
    jobId: terms.jobId,
    amount: terms.amount,
    termsHash: terms.termsHash,
    deadline: terms.deadline,
    checkpoints: terms.checkpoints,
    flags: terms.autoRelease ? 1 : 0,
  });
  const signature = await sendAndConfirm(chain, { what: "Pay", instructions: [create], feePayer: payer });
  const confirmed = await jobs.confirmEscrow({ jobId: quote.jobId, escrowTxSignature: signature });
  const transport = transportTo(`https://${confirmed.nodeEndpoint}`, confirmed.certificatePem);
  const client = Object.assign(createClient(JobExecutionService, transport), { hangUp: () => {} });
  await client.connectToNode({ authToken: confirmed.authToken, jobId: quote.jobId });
  return { jobId: quote.jobId, amount: terms.amount, client, config: { ...config, jobId: quote.jobId } };
}

/** Waits on Central's stream of updates for a status. */
async function until(jobId: string, wanted: StatusCode): Promise<void> {
  const stop = new AbortController();
  try {
    for await (const { status } of jobs.streamJobUpdates({ jobId }, { signal: stop.signal, timeoutMs: 25_000 })) {
      if (status?.status === wanted) return;
    }
    throw new Error(`job ${jobId} did not reach status ${wanted}`);
  } finally {
    stop.abort();
  }
}

const balanceOf = (owner: string) => tokenBalance(platform.chain, { owner: address(owner), mint: platform.mint });

test("a node that Central has found for a job trains it and is paid nine tenths", async () => {
  const before = await balanceOf(node.wallet);
  const bytes = dataset();
  const { jobId, amount, client, config } = await payAndConnect(bytes);
  await client.sendJob({ jobId, config, initialDataset: bytes });
  expect((await collect(client)).at(-1)?.update.case).toBe("complete");
  await until(jobId, StatusCode.STATUS_COMPLETED);
  expect((await balanceOf(node.wallet)) - before).toBe((amount * 9n) / 10n);
});

test("a job whose data is at fault fails at once, and its payer gets everything back", async () => {
  const before = await balanceOf(platform.payer.address);
  const bytes = dataset({ label: 5 });
  const { jobId, client, config } = await payAndConnect(bytes);
  const refused = client.sendJob({ jobId, config, initialDataset: bytes });
  await expect(refused).rejects.toMatchObject({ code: "DATA_INVALID" });
  await until(jobId, StatusCode.STATUS_REFUNDED);
  expect(await balanceOf(platform.payer.address)).toBe(before);
});

test("with Central gone, the node proves its work by itself, and has its pay after the challenge window", async () => {
  const { chain, node: wallet } = platform;
  const before = await balanceOf(node.wallet);
  const bytes = dataset();
  const { jobId, amount, client, config } = await payAndConnect(bytes);
  const claim = () => claimPayment({ chain, wallet, jobId, dataDir: join(dataDir, "node") });
  await expect(claim()).rejects.toMatchObject({ code: "JOB_NOT_FOUND" });
  await client.sendJob({ jobId, config, initialDataset: bytes });
  await central.close();
  expect((await collect(client)).at(-1)?.update.case).toBe("complete");

  const proven = await claim();
  expect(proven.kind).toBe("proven");
  expect(await claim()).toEqual(proven);
  expect(await balanceOf(node.wallet)).toBe(before);
  await platform.advance(Number(DEFAULT_PLATFORM_PARAMETERS.challengeWindowSeconds) + 60);
  expect(await claim()).toMatchObject({ kind: "paid" });
  expect((await balanceOf(node.wallet)) - before).toBe((amount * 9n) / 10n);
  expect(await claim()).toEqual({ kind: "settled", outcome: "Completed" });
  const registered = await fetchNode(chain.rpc, await findNodeAddress(wallet.address), { commitment: "confirmed" });
  expect(registered.data.runningJobs).toBe(0);
}, 30_000);
