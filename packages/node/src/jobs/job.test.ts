import { mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { CyxwizError } from "@cyxwiz/errors";
import { StatusCode } from "@cyxwiz/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { collect, endlessJob, Fixture, openEnded } from "../testing/fixture.ts";
import { dataset, modelDefinition } from "../testing/jobs.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await Fixture.start();
});
afterEach(() => fixture.close());

const STOP = { command: { case: "stop", value: true } } as const;

test("another config than the agreed one is refused, and the right one is still welcome", async () => {
  const { jobId, config, bytes, token } = await fixture.offer();
  const { client } = await fixture.connect(jobId, token);
  const send = (overrides: object) =>
    client.sendJob({ jobId, config: { ...config, ...overrides }, initialDataset: bytes });
  for (const overrides of [{ epochs: 4 }, { seed: 8n }, { modelDefinition: modelDefinition({ units: 17 }) }]) {
    await expect(send(overrides)).rejects.toMatchObject({ code: "JOB_TERMS_MISMATCH" });
  }
  expect(fixture.chain.started).toEqual([]);
  expect((await send({})).accepted).toBe(true);
  expect((await collect(client)).at(-1)?.update.case).toBe("complete");
});

test("data that is truncated or other than agreed is refused, and can be sent again", async () => {
  const { jobId, config, bytes, token } = await fixture.offer();
  const { client } = await fixture.connect(jobId, token);
  const send = (initialDataset: Uint8Array) => client.sendJob({ jobId, config, initialDataset });
  await expect(send(bytes.subarray(0, -1))).rejects.toMatchObject({ code: "JOB_TERMS_MISMATCH" });
  await expect(send(dataset({ samples: 191 }))).rejects.toMatchObject({ code: "JOB_TERMS_MISMATCH" });
  await expect(send(new Uint8Array())).rejects.toMatchObject({ code: "INVALID_FIELD" });
  expect(fixture.central.results).toEqual([]);
  expect((await send(bytes)).accepted).toBe(true);
  await collect(client);
});

test.each([
  ["NaN", { feature: Number.NaN }, "DATA_INVALID", /train\.features: row 1, value 1/],
  ["a label out of range", { label: 3 }, "DATA_INVALID", /train\.labels: row 7 has label 3/],
])("agreed data with %s fails the job, says where, and tells Central", async (_what, fault, code, message) => {
  const bytes = dataset(fault);
  const { jobId, config, token } = await fixture.offer({ bytes });
  const { client } = await fixture.connect(jobId, token);
  const failure = client.sendJob({ jobId, config, initialDataset: bytes });
  await expect(failure).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  await fixture.central.until(() => fixture.central.results.length > 0);
  expect(fixture.central.results[0]).toMatchObject({ jobId, finalStatus: StatusCode.STATUS_FAILED });
  expect(fixture.chain.started).toEqual([]);
  expect((await collect(client)).at(-1)?.update).toMatchObject({ case: "error", value: { errorCode: code } });
});

test("what an existing engine sends is trained: a legacy model, CSV, no fields or tokens of ours", async () => {
  const rows = Array.from({ length: 60 }, (_, row) => `${row % 7},${row % 5},${row % 3},${row % 2},${row % 3}`);
  const bytes = new TextEncoder().encode(`${rows.join("\n")}\n`);
  const model = { type: "mlp", input_size: 4, output_size: 3, hidden_layers: [8], activation: "relu" };
  const modelDefinition = JSON.stringify({ ...model, output_activation: "softmax" });
  const ours = { datasetSha256: "", datasetSamples: 0n, testSamples: 0n, seed: 0n };
  const hyperparameters = { learning_rate: "0.01", optimizer: "adam" };
  const { jobId, config, token } = await fixture.offer({
    bytes,
    config: { ...ours, modelDefinition, hyperparameters },
  });
  const { client } = await fixture.connect(jobId, token);
  await client.sendJob({ jobId, config: { ...config, jobId: "" }, initialDataset: bytes });
  expect((await collect(client)).at(-1)?.update.case).toBe("complete");
});

test("more samples than were paid for are refused", async () => {
  const { jobId, config, bytes, token } = await fixture.offer({ config: { testSamples: 0n } });
  const { client } = await fixture.connect(jobId, token);
  const failure = client.sendJob({ jobId, config, initialDataset: bytes });
  await expect(failure).rejects.toMatchObject({ code: "JOB_TERMS_MISMATCH", context: { expected: "0", actual: "32" } });
});

test.each([
  ["node", { node: "Someone1111111111111111111111111111111111111" }],
  ["job id", { jobId: new Uint8Array(16) }],
  ["amount", { amount: 499n }],
  ["payer", { payer: "Someone1111111111111111111111111111111111111" }],
  ["mint", { mint: "Someone1111111111111111111111111111111111111" }],
  ["terms hash", { termsHash: new Uint8Array(32) }],
  ["deadline", { deadlineSeconds: 1n }],
])("an escrow whose %s is wrong starts nothing", async (field, escrow) => {
  const { jobId, config, bytes, token } = await fixture.offer({ escrow });
  const { client } = await fixture.connect(jobId, token);
  const failure = client.sendJob({ jobId, config, initialDataset: bytes });
  await expect(failure).rejects.toMatchObject({ code: "ESCROW_MISMATCH", context: { field } });
  expect(fixture.chain.started).toEqual([]);
});

test("a diverging training ends with its reason, and Central is told", async () => {
  const bytes = dataset({ scale: 1e30 });
  const config = { modelDefinition: modelDefinition({ learningRate: 900 }) };
  const { client, jobId } = await fixture.submit({ bytes, config });
  const last = (await collect(client)).at(-1)?.update;
  expect(last).toMatchObject({ case: "error", value: { errorCode: "TRAINING_DIVERGED" } });
  await fixture.central.until(() => fixture.central.results.length > 0);
  expect(fixture.central.results[0]).toMatchObject({ jobId, finalStatus: StatusCode.STATUS_FAILED });
});

test("a full disk costs the ability to replay, with a warning, and never the result", async () => {
  const { jobId, config, bytes, token } = await fixture.offer();
  const directory = join(fixture.dataDir, "jobs", jobId);
  await mkdir(directory, { recursive: true });
  // Room enough for all but the weights, which there is once the rest has gone.
  await symlink("/dev/full", join(directory, "weights.safetensors.part"));
  const { client } = await fixture.connect(jobId, token);
  await client.sendJob({ jobId, config, initialDataset: bytes });
  expect((await collect(client)).at(-1)?.update.case).toBe("complete");
  expect(fixture.log.join("")).toMatch(/ENOSPC.*can be neither replayed nor resumed/);
  await fixture.central.until(() => fixture.central.completions.length > 0);
  await fixture.node.close();
  expect((await readdir(directory)).sort()).toEqual(["proof.json", "session.json", "weights.safetensors"]);
});

test("a disk that does not even take the result fails the job with its code, and the node takes the next one", async () => {
  const { jobId, config, bytes, token } = await fixture.offer();
  await mkdir(join(fixture.dataDir, "jobs", jobId, "weights.safetensors"), { recursive: true });
  const { client } = await fixture.connect(jobId, token);
  await client.sendJob({ jobId, config, initialDataset: bytes });
  expect((await collect(client)).at(-1)?.update).toMatchObject({
    case: "error",
    value: { errorCode: "STORAGE_FAILED", errorMessage: expect.stringContaining("EISDIR") },
  });
  await fixture.central.until(() => fixture.central.results.length > 0);
  const next = await fixture.submit();
  expect((await collect(next.client)).at(-1)?.update.case).toBe("complete");
});

test("a stop command cancels the job, unpaid and without a partial model", async () => {
  const { client, jobId } = await fixture.submit(endlessJob());
  const updates = await collect(client, STOP);
  expect(updates.at(-1)?.update).toMatchObject({ case: "error", value: { errorCode: "ABORTED", recoverable: false } });
  await fixture.central.until(() => fixture.central.results.length > 0);
  const report = { jobId, finalStatus: StatusCode.STATUS_CANCELLED, cancelSignature: new Uint8Array() };
  expect(fixture.central.results[0]).toMatchObject(report);
  const first = client.downloadWeights({ jobId })[Symbol.asyncIterator]().next();
  await expect(first).rejects.toMatchObject({ code: "WEIGHTS_NOT_READY" });
});

test("a client that disappears changes nothing; when it is back it sees where the job stands", async () => {
  const job = await fixture.submit(endlessJob());
  const abort = new AbortController();
  for await (const { update } of job.client.streamTrainingMetrics(openEnded(abort.signal), { signal: abort.signal })) {
    if (update.case === "checkpoint") break;
  }
  job.client.hangUp();
  const seen = fixture.central.progress.length;
  await fixture.central.until(() => fixture.central.progress.length > seen + 1);

  const back = fixture.client(job.sessionToken);
  const updates = await collect(back, STOP);
  expect(updates[0]?.update.case).toBe("log");
  expect(updates[1]?.update).toMatchObject({ case: "checkpoint" });
});

test("no step before the chain has confirmed the start; a refused start fails the job", async () => {
  const gate = Promise.withResolvers<void>();
  fixture.chain.beforeStart = () => gate.promise;
  const { client } = await fixture.submit();
  await fixture.central.until(() => fixture.central.accepted.length > 0);
  expect(fixture.central.progress).toEqual([]);
  gate.reject(new CyxwizError("TRANSACTION_FAILED", { what: "Start", signature: "s", reason: "paused" }));
  const updates = await collect(client);
  expect(updates.some(({ update }) => update.case === "progress")).toBe(false);
  expect(updates.at(-1)?.update).toMatchObject({ case: "error", value: { errorCode: "TRANSACTION_FAILED" } });
});

test("a message over the limit is refused with a code", async () => {
  await fixture.close();
  fixture = await Fixture.start({ maxMessageBytes: 2_000 });
  const { jobId, config, bytes, token } = await fixture.offer();
  const { client } = await fixture.connect(jobId, token);
  await expect(client.sendJob({ jobId, config, initialDataset: bytes })).rejects.toMatchObject({
    status: "RESOURCE_EXHAUSTED",
  });
});
