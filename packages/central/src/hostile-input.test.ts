import { create } from "@bufbuild/protobuf";
import { isCyxwizError } from "@cyxwiz/errors";
import { JobConfigSchema, NodeInfoSchema } from "@cyxwiz/protocol";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestEngine } from "./testing/test-engine.ts";
import { TestNode } from "./testing/test-node.ts";
import { TestWorld } from "./testing/test-world.ts";

const SEED = 20_251_124;
const RUNS = 40;

let world: TestWorld;
let node: TestNode;
let engine: TestEngine;

beforeAll(async () => {
  world = await TestWorld.start({ reservationSeconds: 3, jobsPerWalletPerDay: 1_000 });
  [node, engine] = await Promise.all([TestNode.join(world), TestEngine.create(world, false)]);
});

afterAll(async () => {
  node?.close();
  engine?.close();
  await world?.close();
});

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 50 }).map((value) => value.toWellFormed()),
  fc.constantFrom("", "\u0000", "'; drop table jobs; --", "x".repeat(5_000), crypto.randomUUID()),
);
const int32 = fc.oneof(fc.integer(), fc.constantFrom(0, -1, 2 ** 31 - 1, -(2 ** 31)));
const int64 = fc.oneof(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.constantFrom(0n, -1n, 2n ** 63n - 1n));
const double = fc.double();
const bytes = fc.uint8Array({ maxLength: 80 });
const numbers = fc.dictionary(text, double, { maxKeys: 5 });

async function refusedOrDone(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isCyxwizError(error) || error.code === "INTERNAL" || error.code === "REMOTE") throw error;
  }
}

test("whatever an engine sends is done, or refused by name", async () => {
  const config = fc.record({
    modelDefinition: fc.oneof(text, fc.json(), fc.constant(engine.config().modelDefinition)),
    hyperparameters: fc.dictionary(text, text, { maxKeys: 3 }),
    paymentAddress: fc.oneof(text, fc.constant(engine.wallet.address)),
    datasetUri: text,
    datasetSha256: fc.oneof(text, fc.constant("")),
    datasetSamples: int64,
    testSamples: int64,
    estimatedDuration: int64,
    estimatedMemory: int64,
    epochs: int32,
    batchSize: int32,
    priority: int32 as fc.Arbitrary<never>,
    requiredDevice: int32 as fc.Arbitrary<never>,
    paymentAmount: double,
  });
  const calls = fc.tuple(config, text, text, int32);
  await fc.assert(
    fc.asyncProperty(calls, async ([sent, first, second, number]) => {
      const { jobs } = engine;
      await refusedOrDone(jobs.submitJob({ config: create(JobConfigSchema, sent) }));
      await refusedOrDone(jobs.submitJob({ config: { ...engine.config(), datasetUri: sent.datasetUri } }));
      await refusedOrDone(jobs.confirmEscrow({ jobId: first, escrowTxSignature: second }));
      await refusedOrDone(jobs.cancelJob({ jobId: first, reason: second }));
      await refusedOrDone(jobs.listJobs({ userId: first, pageToken: second, pageSize: number }));
      await refusedOrDone(
        engine.wallets.getTransactionHistory({ walletAddress: first, limit: number, offset: number }),
      );
      await refusedOrDone(engine.wallets.estimateJobCost({ modelType: first, epochs: number, datasetSize: number }));
    }),
    { seed: SEED, numRuns: RUNS },
  );
});

test("whatever a node sends is done, or refused by name, also about its own job", async () => {
  const infos = fc.record({
    name: text,
    region: text,
    ipAddress: text,
    port: int32,
    ramTotal: int64,
    computeScore: double,
    supportedFormats: fc.array(text, { maxLength: 3 }),
  });
  const link = fc.record({
    epoch: int32,
    stateHash: text,
    metricsHash: text,
    timestamp: int64,
    checkpointHash: text,
  });
  const { nodeId } = node;
  const calls = fc.tuple(infos, fc.array(link, { maxLength: 3 }), numbers, text, bytes, int32, double);
  await fc.assert(
    fc.asyncProperty(calls, async ([info, commitments, metrics, words, raw, currentEpoch, progress]) => {
      const currentStatus = create(NodeInfoSchema, info);
      await refusedOrDone(node.calls.heartbeat({ nodeId, currentStatus, activeJobs: [words] }));
      await refusedOrDone(
        node.calls.registerNode({
          info: currentStatus,
          authenticationToken: words,
          publicKey: raw,
          certificatePem: words,
        }),
      );
      await refusedOrDone(node.calls.redeemToken({ nodeId, authToken: words }));
      for (const jobId of [words, runningJob]) {
        await refusedOrDone(node.calls.reportProgress({ nodeId, jobId, currentEpoch, progress, metrics, commitments }));
        const result = { modelWeightsHash: words, proofOfCompute: words };
        await refusedOrDone(node.calls.reportCompletion({ nodeId, jobId, result, signature: raw }));
        await refusedOrDone(node.status.reportJobResult({ nodeId, jobId: words, errorMessage: words, finalStatus: 6 }));
      }
    }),
    { seed: SEED, numRuns: RUNS },
  );
  expect((await fetchHealth()).status).toBe(200);
});

let runningJob = "";

beforeAll(async () => {
  const quote = await engine.submit();
  const { authToken } = await engine.confirm(quote.jobId, await engine.pay(quote, { slot: 9 }));
  await node.start(await node.redeem(authToken));
  runningJob = quote.jobId;
});

test("a reservation ends by itself, and an escrow that was never shown comes back", async () => {
  const [lender, payer] = await Promise.all([TestNode.join(world, { gigaflops: 50 }), TestEngine.create(world)]);
  const before = await world.balance(payer.wallet.address);
  const quote = await payer.submit();
  await payer.pay(quote);
  await payer.until(quote.jobId, 24);
  expect(await world.balance(payer.wallet.address)).toBe(before);
  const next = await payer.submit();
  expect(next.nodeAssignment?.nodeId).toBe(quote.nodeAssignment?.nodeId);
  lender.close();
  payer.close();
});

async function fetchHealth(): Promise<{ status: number }> {
  const { get } = await import("node:https");
  const { certificatePem } = world.central.certificate;
  return new Promise((resolve, reject) => {
    get(`${world.central.url}/health`, { ca: certificatePem }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0 });
    }).on("error", reject);
  });
}
