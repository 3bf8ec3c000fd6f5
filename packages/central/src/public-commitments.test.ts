import { jobIdToBytes } from "@cyxwiz/contracts";
import { hashFromHex, type Link, verifyCommitments } from "@cyxwiz/proof";
import { StatusCode, verifyAuditToken } from "@cyxwiz/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestEngine } from "./testing/test-engine.ts";
import { TestNode } from "./testing/test-node.ts";
import { TestWorld } from "./testing/test-world.ts";
import { loadOrCreateTokenKeys } from "./tokens/token-keys.ts";

const EPOCHS = 60;

let world: TestWorld;
let node: TestNode;
let payer: TestEngine;
let stranger: TestEngine;
let jobId: string;
let work: ReturnType<TestNode["train"]>;

beforeAll(async () => {
  world = await TestWorld.start();
  [node, payer, stranger] = await Promise.all([
    TestNode.join(world),
    TestEngine.create(world),
    TestEngine.create(world, false),
  ]);
  const quote = await payer.submit(payer.config(EPOCHS));
  jobId = quote.jobId;
  const { authToken } = await payer.confirm(jobId, await payer.pay(quote));
  const job = await node.redeem(authToken);
  await node.start(job);
  work = node.train(job, EPOCHS);
  await node.report(jobId, work);
  await until(async () => (await commitments()).anchors.length === 1);
  await node.complete(jobId, work);
  await payer.until(jobId, StatusCode.STATUS_COMPLETED);
  await until(async () => (await commitments()).anchors.length === 2);
});

afterAll(async () => {
  node?.close();
  payer?.close();
  stranger?.close();
  await world?.close();
});

const commitments = () => stranger.proofs.getCommitments({ jobId });

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}

async function* links(pageSize: number): AsyncGenerator<Link> {
  let firstEpoch = 0;
  do {
    const page = await stranger.proofs.listLinks({ jobId, firstEpoch, pageSize });
    expect(page.links.length).toBeLessThanOrEqual(pageSize);
    for (const { epoch, stateHash, metricsHash, timestamp, checkpointHash } of page.links) {
      yield {
        epoch,
        stateHash: hashFromHex(stateHash, "state_hash"),
        metricsHash: epoch === 0 ? new Uint8Array() : hashFromHex(metricsHash, "metrics_hash"),
        timestampSeconds: timestamp,
        checkpointHash: hashFromHex(checkpointHash, "checkpoint_hash"),
      };
    }
    firstEpoch = page.nextEpoch;
  } while (firstEpoch > 0);
}

test("a stranger without any token verifies a job by what is public, whatever the size of the pages", async () => {
  const found = await commitments();
  expect(found).toMatchObject({
    ...{ jobId, status: StatusCode.STATUS_COMPLETED, epochs: EPOCHS, epochsReported: EPOCHS },
    ...{ payerWallet: payer.wallet.address, nodeWallet: node.wallet.address, nodeId: node.nodeId },
    ...{ nodeEndpoint: "127.0.0.1:50052", nodeCertificatePem: node.certificate.certificatePem },
    ...{ root: work.root, resultHash: work.resultHash },
  });
  expect(found.anchors).toMatchObject([
    { leafCount: 50, isFinal: false },
    { leafCount: 61, isFinal: true, root: work.root },
  ]);
  const genesis = {
    jobId: jobIdToBytes(jobId),
    termsHash: hashFromHex(found.termsHash, "terms_hash"),
    datasetHash: hashFromHex(found.datasetSha256, "dataset_sha256"),
    seed: found.seed,
  };
  const [middle, last] = found.anchors.map(({ root, leafCount }) => ({ root: hashFromHex(root, "root"), leafCount }));
  if (!middle || !last) throw new Error("no anchors");
  const end = { ...last, resultHash: hashFromHex(found.resultHash, "result_hash") };
  for (const pageSize of [1, 7, 60, 61, 1000]) {
    const verdict = await verifyCommitments({ genesis, links: links(pageSize), anchors: [middle], end });
    expect(verdict).toEqual({ holds: true, epochs: EPOCHS });
  }
});

test("nothing of the model or the data is public, and unknown jobs and pages are named", async () => {
  const shown = JSON.stringify([await commitments(), await stranger.proofs.listLinks({ jobId })], (_, value) =>
    typeof value === "bigint" ? value.toString() : value,
  );
  expect(shown).not.toMatch(/layers|MLP|samples|hyperparameters/);
  const nobody = "0190d5a2-0000-7000-8000-000000000001";
  await expect(stranger.proofs.getCommitments({ jobId: nobody })).rejects.toMatchObject({ code: "JOB_NOT_FOUND" });
  await expect(stranger.proofs.listLinks({ jobId: "x" })).rejects.toMatchObject({ code: "JOB_NOT_FOUND" });
  await expect(stranger.proofs.listLinks({ jobId, firstEpoch: -1 })).rejects.toMatchObject({ code: "INVALID_FIELD" });
  expect((await stranger.proofs.listLinks({ jobId, firstEpoch: 61 })).links).toEqual([]);
});

test("an audit token is for the payer, for this job on its node", async () => {
  await expect(stranger.proofs.getAuditToken({ jobId })).rejects.toMatchObject({ code: "TOKEN_MISSING" });
  const other = await TestEngine.create(world);
  await expect(other.proofs.getAuditToken({ jobId })).rejects.toMatchObject({ code: "NOT_YOURS" });
  other.close();
  const { token, expiresAt } = await payer.proofs.getAuditToken({ jobId });
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const { publicKey } = await loadOrCreateTokenKeys(world.centralOptions().dataDir ?? "");
  const claims = await verifyAuditToken(token, { publicKey, nodeId: node.nodeId, nowSeconds });
  expect(claims).toMatchObject({ jobId, nodeId: node.nodeId, expiresAtSeconds: Number(expiresAt) });
  expect(Number(expiresAt) - nowSeconds).toBeGreaterThan(890);
});
