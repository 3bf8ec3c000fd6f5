import { readFile, writeFile } from "node:fs/promises";
import { isSignedBy, tokenBalance } from "@cyxwiz/chain";
import { fetchNode, findNodeAddress, jobIdToBytes } from "@cyxwiz/contracts";
import { createEngine } from "@cyxwiz/engine";
import { readEarnings } from "@cyxwiz/node/operator";
import { auditLots, encodeAuditVerdict, hashFromHex } from "@cyxwiz/proof";
import { AuditOutcome, AuditState, type ListLinksResponse } from "@cyxwiz/protocol";
import { type Address, generateKeyPairSigner, getBase58Encoder } from "@solana/kit";
import { type Cluster, endTestCluster, startTestCluster } from "cyxwiz/testing";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { auditsOf } from "./support/audit-of.ts";
import { directoryForTest } from "./support/cluster.ts";
import { startLying } from "./support/lying.ts";
import { type Lies, startLyingCentral } from "./support/lying-central.ts";
import { paid, smallJob, type Training, train } from "./support/train.ts";
import { until } from "./support/until.ts";
import { replayed, verify } from "./support/verify.ts";

/** Every job is audited by the other node, whose word Central takes. */
const AUDITED = {
  nodes: 2,
  centralArgs: [
    ...["--audit-rate-bps", "10000", "--audit-window-seconds", "60"],
    ...["--audit-recheck-bps", "0", "--heartbeat-seconds", "1"],
  ],
};

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startTestCluster(AUDITED);
}, 120_000);
afterAll(() => endTestCluster(cluster));

const balance = (owner: Address) => tokenBalance(cluster.chain, { owner, mint: cluster.platform.mint });

/** The job of the first test, and what the nodes had before. */
let hundred: { jobPath: string; jobId: string; training: Training; before: bigint[] };

test("a paid job of a hundred epochs holds: its roots on chain, some epochs by chance, and all of them", {
  timeout: 120_000,
}, async () => {
  const jobPath = await smallJob({ epochs: 100, rows: 1500 });
  const before = await Promise.all(cluster.nodes.map(({ wallet }) => balance(wallet.signer.address)));
  const training = await train(cluster, jobPath);
  const jobId = await paid(training);
  hundred = { jobPath, jobId, training, before };
  const [some, all] = await Promise.all([
    verify(cluster, [jobId, "--epochs", "4"]),
    verify(cluster, [jobId, "--all", "--job-file", jobPath]),
  ]);
  expect(some).toMatchObject({ code: 0, last: { event: "verdict", holds: true, epochs: 100, problems: [] } });
  expect(new Set(some.last.chosen as number[]).size).toBe(4);
  expect(replayed(some).every(({ holds }) => holds)).toBe(true);
  const anchored = some.last.anchored as number[];
  expect(anchored.length).toBeGreaterThan(1);
  expect(anchored.at(-1)).toBe(101);
  for (const leaves of anchored.slice(0, -1)) expect(leaves % 50).toBe(0);
  expect(all).toMatchObject({ code: 0, last: { holds: true } });
  expect(replayed(all).map(({ epoch, from }) => [epoch, from])).toEqual(
    Array.from({ length: 100 }, (_, index) => [index + 1, 0]),
  );
});

test("its audit was drawn from a later block, and another node audited it and was paid for it", async () => {
  const { jobId, training, before } = hundred;
  const { nodeId, amount } = await training.event("quoted");
  const audit = await auditsOf(cluster)(jobId);
  if (!audit) throw new Error("there is no audit");
  expect(audit).toMatchObject({ state: AuditState.AUDIT_PASSED, rateBps: 10_000 });
  const job = { jobId: jobIdToBytes(jobId), root: hashFromHex(audit.root, "root") };
  const lots = auditLots({ ...job, blockHash: new Uint8Array(getBase58Encoder().encode(audit.blockHash)) });
  expect(lots(10_000)).toBe(audit.lot);
  expect(audit.blockSlot).toBeGreaterThan(audit.committedSlot);
  const index = cluster.nodes.findIndex((node) => node.nodeId === audit.auditorNodeId);
  const auditor = cluster.nodes[index]?.wallet.signer.address as Address;
  expect(audit.auditorNodeId).not.toBe(nodeId);
  const [verdict] = audit.verdicts;
  expect(verdict).toMatchObject({ outcome: AuditOutcome.AUDIT_HOLDS, wallet: auditor });
  const bytes = encodeAuditVerdict({ ...job, firstFalse: 0, outcome: "HOLDS", epochs: audit.epochs });
  expect(await isSignedBy(auditor, bytes, verdict?.signature ?? new Uint8Array())).toBe(true);
  // As much of the price as the epochs are of the job: a fiftieth, which is less than the fee.
  const pay = (BigInt(amount as string) * BigInt(audit.epochs.length)) / 100n;
  await until("the auditor's pay", async () => (await balance(auditor)) === (before[index] ?? 0n) + pay);
  const { audits, totals } = await readEarnings({ chain: cluster.chain, wallet: auditor });
  expect(audits).toMatchObject([{ amount: pay, signature: expect.any(String) }]);
  expect(totals).toMatchObject({ audits: pay, earned: 0n, jobs: 0 });

  const told = training.events.filter(({ event }) => event === "audit");
  expect(told.map(({ state }) => state)).toEqual(["open", "passed"]);
  const summary = { state: "passed", epochs: audit.epochs, judge: auditor };
  expect(await verify(cluster, [jobId, "--epoch", "1"])).toMatchObject({ code: 0, last: { audit: summary } });
});

test("where nothing can be said, it is neither yes nor no", { timeout: 120_000 }, async () => {
  const { jobId } = hundred;
  const [stranger, otherJob] = await Promise.all([cluster.fundWallet("stranger", 1n), smallJob({ epochs: 3 })]);
  const [notTheirs, otherTerms] = await Promise.all([
    verify(cluster, [jobId], { CYXWIZ_WALLET: stranger.path }),
    verify(cluster, [jobId, "--epoch", "1", "--job-file", otherJob]),
  ]);
  expect(notTheirs).toMatchObject({ code: 2, last: { event: "error", code: "NOT_YOURS" } });
  expect(otherTerms).toMatchObject({ code: 2, last: { event: "error", code: "JOB_TERMS_MISMATCH" } });
});

test("what Central says is held against the chain and against itself", { timeout: 120_000 }, async () => {
  const { jobId } = hundred;
  const lies: Lies = {};
  const central = await startLyingCentral(cluster, lies);
  const dataDir = await directoryForTest();
  const engine = createEngine({ central, chain: cluster.chain, wallet: cluster.engineWallet.signer, dataDir });
  onTestFinished(async () => {
    engine.close();
    await central.close();
  });
  const problemsOf = async (lie: Lies) => {
    Object.assign(lies, { commitments: undefined, links: undefined }, lie);
    const verdict = await engine.verify(jobId, { choice: { kind: "epochs", epochs: [1] } });
    expect(verdict.holds).toBe(verdict.problems.length === 0);
    return verdict.problems.join("; ");
  };
  const zeros = "0".repeat(64);
  expect(await problemsOf({})).toBe("");
  const stranger = (await generateKeyPairSigner()).address;
  for (const [lie, problem] of [
    [(told) => Object.assign(told, { payerWallet: stranger }), "the payer: Central says"],
    [(told) => Object.assign(told, { nodeWallet: stranger }), "the node: Central says"],
    [(told) => Object.assign(told, { termsHash: zeros }), "the terms: Central says"],
    [(told) => Object.assign(told, { resultHash: zeros }), "the result: Central says"],
    [(told) => Object.assign(told, { root: zeros }), "the last root: Central says"],
    [(told) => Object.assign(told, { epochs: 90 }), "the epochs agreed: Central says 90, the chain 100"],
    [(told) => Object.assign(told, { epochsReported: 101 }), "Central shows 101 epochs of 100"],
    // Over all epochs, or with the result's leaf as well: whether the first is anchored too is a matter of time.
    [(told) => Object.assign(told, { epochsReported: 99, audit: undefined }), "over leaves: 10"],
    [(told) => Object.assign(told.anchors[0] ?? {}, { root: zeros }), "the root over "],
    [(told) => Object.assign(told.anchors[0] ?? {}, { txSignature: told.escrowTxSignature }), "puts no root over"],
    [(told) => Object.assign(told, { escrowTxSignature: told.paymentTxSignature }), "does not make escrow"],
    [(told) => Object.assign(told, { seed: 2n }), "the link of epoch 0"],
    [(told) => Object.assign(told.audit ?? {}, { lot: 10_000 }), "the audit: Central says that the lot"],
    [(told) => Object.assign(told.audit ?? {}, { blockSlot: 1n }), "the audit: its block should be"],
    [(told) => Object.assign(told.audit ?? {}, { epochs: [101] }), "the audit: no lot fell on epoch 101"],
    [(told) => Object.assign(told.audit?.verdicts[0] ?? {}, { wallet: stranger }), "has not signed the verdict"],
    [(told) => Object.assign(told.audit ?? {}, { state: AuditState.AUDIT_NOT_DRAWN }), "it should have been"],
  ] as [NonNullable<Lies["commitments"]>, string][]) {
    expect(await problemsOf({ commitments: lie })).toContain(problem);
  }
  const changed = (told: ListLinksResponse) => Object.assign(told.links[57] ?? {}, { stateHash: zeros });
  expect(await problemsOf({ links: changed })).toContain("the link of epoch 57: its hash is");
  expect(await problemsOf({ links: (told) => told.links.splice(57, 1) })).toContain("the link of epoch 58");
});

test("a job that early stopping ends is paid, and replay shows that it was right to end there", {
  timeout: 120_000,
}, async () => {
  const jobPath = await smallJob({ epochs: 100 });
  const job = JSON.parse(await readFile(jobPath, "utf8"));
  const early_stopping = { monitor: "val_loss", min_delta: 10, patience: 3 };
  await writeFile(jobPath, JSON.stringify({ ...job, training: { ...job.training, early_stopping } }));
  const jobId = await paid(await train(cluster, jobPath));
  const all = await verify(cluster, [jobId, "--all"]);
  expect(all).toMatchObject({ code: 0, last: { holds: true, epochs: 4, anchored: [5] } });
});

test("a node that makes its weights up is refuted by its audit: its payer has all tokens back, and it is slashed", {
  timeout: 120_000,
}, async () => {
  const { nodes } = await startLying(cluster, ["random weights"]);
  const before = await balance(cluster.engineWallet.signer.address);
  const training = await train(cluster, await smallJob({ epochs: 12 }));
  const { jobId, nodeId } = await training.event("quoted");
  expect((await training.piece.exited).code).not.toBe(0);
  expect(await auditsOf(cluster)(jobId as string)).toMatchObject({ state: AuditState.AUDIT_FAILED });
  expect(await balance(cluster.engineWallet.signer.address)).toBe(before);
  const wallet = nodes.find((node) => node.nodeId === nodeId)?.wallet.signer.address as Address;
  const account = await fetchNode(cluster.chain.rpc, await findNodeAddress(wallet));
  expect(account.data.slashedTotal).toBeGreaterThan(0n);
});
