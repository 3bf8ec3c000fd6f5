import { readFile, writeFile } from "node:fs/promises";
import { createEngine } from "@cyxwiz/engine";
import type { ListLinksResponse } from "@cyxwiz/protocol";
import { generateKeyPairSigner } from "@solana/kit";
import { type Cluster, endTestCluster, startTestCluster } from "cyxwiz/testing";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { directoryForTest } from "./support/cluster.ts";
import { startLying } from "./support/lying.ts";
import { type Lies, startLyingCentral } from "./support/lying-central.ts";
import { smallJob, train } from "./support/train.ts";
import { verify } from "./support/verify.ts";

// A lie in one epoch is mostly not drawn; here, never, so that somebody is left to find it.
const UNAUDITED = { centralArgs: ["--no-audits"] };

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startTestCluster(UNAUDITED);
}, 120_000);
afterAll(() => endTestCluster(cluster));

/** Has a job trained and paid for; gives its id. */
async function paidJob(jobPath: string): Promise<string> {
  const training = await train(cluster, jobPath);
  const { jobId } = await training.event("quoted");
  await training.event("paid");
  expect(await training.piece.exited).toMatchObject({ code: 0 });
  return jobId as string;
}

const replayed = (verification: Awaited<ReturnType<typeof verify>>) =>
  verification.events.filter(({ event }) => event === "replayed");

/** The job of the first test. */
let hundred: { jobPath: string; jobId: string };

test("a paid job of a hundred epochs holds: its roots on chain, some epochs by chance, and all of them", {
  timeout: 120_000,
}, async () => {
  const jobPath = await smallJob({ epochs: 100, rows: 1500 });
  const jobId = await paidJob(jobPath);
  hundred = { jobPath, jobId };
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
    [(told) => Object.assign(told, { epochsReported: 99 }), "the last root, over leaves: 101"],
    [(told) => Object.assign(told.anchors[0] ?? {}, { root: zeros }), "the root over "],
    [(told) => Object.assign(told.anchors[0] ?? {}, { txSignature: told.escrowTxSignature }), "puts no root over"],
    [(told) => Object.assign(told, { escrowTxSignature: told.paymentTxSignature }), "does not make escrow"],
    [(told) => Object.assign(told, { seed: 2n }), "the link of epoch 0"],
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
  const jobId = await paidJob(jobPath);
  const all = await verify(cluster, [jobId, "--all"]);
  expect(all).toMatchObject({ code: 0, last: { holds: true, epochs: 4, anchored: [5] } });
});

test("a node that skips steps, or says that an epoch went better than it did, is found out there", {
  timeout: 120_000,
}, async () => {
  const { lie } = await startLying(cluster, ["skipped steps in epoch 7"]);
  const skipping = await paidJob(await smallJob({ epochs: 10 }));
  await lie("metrics that lie in epoch 7");
  const boasting = await paidJob(await smallJob({ epochs: 11 }));
  const [before, steps, metrics] = await Promise.all([
    verify(cluster, [skipping, "--epoch", "6"]),
    verify(cluster, [skipping, "--epoch", "7"]),
    verify(cluster, [boasting, "--epoch", "7"]),
  ]);
  expect(before).toMatchObject({ code: 0, last: { holds: true } });
  expect(steps).toMatchObject({ code: 1, last: { event: "verdict", holds: false, problems: [], chosen: [7] } });
  const hash = expect.stringMatching(/^[0-9a-f]{64}$/);
  expect(replayed(steps).at(-1)).toMatchObject({
    ...{ epoch: 7, holds: false },
    differences: [{ what: "state", claimed: hash, replayed: hash }, { what: "metrics" }],
  });
  expect(metrics).toMatchObject({ code: 1, last: { holds: false } });
  expect(replayed(metrics).at(-1)).toMatchObject({
    ...{ epoch: 7, holds: false },
    differences: [{ what: "metrics", details: [{ name: "loss", claimed: 0.001, replayed: expect.any(Number) }] }],
  });
});
