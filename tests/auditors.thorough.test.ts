import { readFile, writeFile } from "node:fs/promises";
import { tokenBalance } from "@cyxwiz/chain";
import { fetchNode, findNodeAddress } from "@cyxwiz/contracts";
import { createEngine, loadJobFile } from "@cyxwiz/engine";
import { AuditOutcome, AuditState } from "@cyxwiz/protocol";
import type { Address } from "@solana/kit";
import { type Cluster, endTestCluster, startTestCluster } from "cyxwiz/testing";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { auditsOf } from "./support/audit-of.ts";
import { directoryForTest } from "./support/cluster.ts";
import { type Liars, startLying } from "./support/lying.ts";
import { smallJob, type Training, train } from "./support/train.ts";
import { until } from "./support/until.ts";

const { AUDIT_HOLDS, AUDIT_REFUTED } = AuditOutcome;

let cluster: Cluster;
let liars: Liars;
beforeAll(async () => {
  cluster = await startTestCluster({
    centralArgs: [
      ...["--audit-rate-bps", "10000", "--audit-window-seconds", "6", "--audit-recheck-bps", "10000"],
      ...["--heartbeat-seconds", "1", "--jobs-per-wallet-per-day", "100"],
    ],
    nodeArgs: ["--compute-score", "10", "--stake", "800"],
  });
  liars = await startLying(cluster, [], ["node-a", "node-b"]);
}, 120_000);
afterAll(() => endTestCluster(cluster));

const has = (owner = cluster.engineWallet.signer.address) =>
  tokenBalance(cluster.chain, { owner, mint: cluster.platform.mint });
async function slashed(nodeId: unknown): Promise<bigint> {
  const account = await findNodeAddress(walletOf(nodeId) as Address);
  return (await fetchNode(cluster.chain.rpc, account)).data.slashedTotal;
}
const walletOf = (nodeId: unknown) => liars.nodes.find((node) => node.nodeId === nodeId)?.wallet.signer.address;

async function quoted(training: Training) {
  const { jobId, nodeId, amount } = await training.event("quoted");
  return { jobId: jobId as string, nodeId: nodeId as string, amount: BigInt(amount as string) };
}

test("an auditor that says nothing is not waited for, and not paid", { timeout: 60_000 }, async () => {
  await liars.lie("a silent auditor");
  const training = await train(cluster, await smallJob({ epochs: 12 }));
  const { jobId, nodeId } = await quoted(training);
  const auditor = liars.nodes.find((node) => node.nodeId !== nodeId);
  const before = await has(auditor?.wallet.signer.address);
  await training.event("paid");
  const audit = await auditsOf(cluster)(jobId);
  expect(audit).toMatchObject({ state: AuditState.AUDIT_PASSED, auditorNodeId: auditor?.nodeId });
  expect(audit?.verdicts.map(({ wallet }) => wallet)).toEqual([cluster.platform.coordinator.signer.address]);
  expect(await has(auditor?.wallet.signer.address)).toBe(before);
});

test("an auditor that works with the cheat does not save it, and one that frames the honest changes nothing", {
  timeout: 90_000,
}, async () => {
  const payer = await has();
  await liars.lie("random weights", "a bought auditor");
  const bought = await train(cluster, await smallJob({ epochs: 12 }));
  const madeUp = await quoted(bought);
  expect((await bought.piece.exited).code).not.toBe(0);
  await until("all of the tokens to be back", async () => (await has()) === payer);
  const caught = await auditsOf(cluster)(madeUp.jobId);
  expect(caught?.state).toBe(AuditState.AUDIT_FAILED);
  expect(caught?.verdicts.map(({ outcome }) => outcome)).toEqual([AUDIT_HOLDS, AUDIT_REFUTED]);
  // Both answer for it: the cheat by its escrow, the auditor by the arbiter.
  for (const { nodeId } of liars.nodes) await until("both to be slashed", async () => (await slashed(nodeId)) > 0n);

  await liars.lie("a framing auditor");
  const framed = await train(cluster, await smallJob({ epochs: 12 }));
  const honest = await quoted(framed);
  const before = await has(walletOf(honest.nodeId));
  await framed.event("paid");
  const cleared = await auditsOf(cluster)(honest.jobId);
  expect(cleared?.state).toBe(AuditState.AUDIT_PASSED);
  expect(cleared?.verdicts.map(({ outcome }) => outcome)).toEqual([AUDIT_REFUTED, AUDIT_HOLDS]);
  expect(await has(walletOf(honest.nodeId))).toBeGreaterThan(before);
});

test("Central is killed while it looks, comes back, and looks again", { timeout: 60_000 }, async () => {
  await liars.lie("a state withheld");
  const training = await train(cluster, await smallJob({ epochs: 4 }));
  const { jobId } = await quoted(training);
  await until("the audit", async () => (await auditsOf(cluster)(jobId))?.state === AuditState.AUDIT_OPEN);
  await cluster.central.piece.kill();
  await liars.lie();
  await cluster.restartCentral();
  await training.event("paid");
  expect(await auditsOf(cluster)(jobId)).toMatchObject({ state: AuditState.AUDIT_PASSED });
});

test("a node that is away when its work is looked at is paid once it is back", { timeout: 60_000 }, async () => {
  await liars.lie("a state withheld");
  const training = await train(cluster, await smallJob({ epochs: 4 }));
  const { jobId } = await quoted(training);
  await until("the audit", async () => (await auditsOf(cluster)(jobId))?.state === AuditState.AUDIT_OPEN);
  await liars.lie();
  await training.event("paid");
  expect(await auditsOf(cluster)(jobId)).toMatchObject({ state: AuditState.AUDIT_PASSED });
});

test("an early end that rests on a lie is found in the epochs that it rests on", { timeout: 60_000 }, async () => {
  await liars.lie("metrics that end it early");
  const payer = await has();
  const jobPath = await smallJob({ epochs: 100 });
  const job = JSON.parse(await readFile(jobPath, "utf8"));
  const early_stopping = { monitor: "val_loss", patience: 3 };
  await writeFile(jobPath, JSON.stringify({ ...job, training: { ...job.training, early_stopping } }));
  const training = await train(cluster, jobPath);
  const { jobId } = await quoted(training);
  expect((await training.piece.exited).code).not.toBe(0);
  await until("all of the tokens to be back", async () => (await has()) === payer);
  const audit = await auditsOf(cluster)(jobId);
  expect(audit).toMatchObject({ state: AuditState.AUDIT_FAILED, reasons: expect.arrayContaining(["early end"]) });
  expect(audit?.epochs).toEqual([1, 2, 3, 4]);
});

test("made-up progress of a job that its payer calls off is not paid", { timeout: 60_000 }, async () => {
  await liars.lie("random weights");
  const payer = await has();
  const engine = createEngine({
    central: { url: cluster.central.url, certificatePem: cluster.central.certificatePem },
    ...{ chain: cluster.chain, wallet: cluster.engineWallet.signer, dataDir: await directoryForTest() },
  });
  onTestFinished(() => engine.close());
  const job = engine.submit(await loadJobFile(await smallJob({ epochs: 50_000 })));
  job.result.catch(() => undefined);
  let jobId = "";
  for await (const event of job) {
    if (event.type === "quoted") jobId = event.jobId;
    if (event.type === "checkpoint" && event.epoch === 3) break;
  }
  await job.cancel("the test has seen enough");
  await until("all of the tokens to be back", async () => (await has()) === payer);
  const audit = await auditsOf(cluster)(jobId);
  expect(audit).toMatchObject({ state: AuditState.AUDIT_FAILED, reasons: ["cancelled"] });
});
