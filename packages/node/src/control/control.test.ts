import { gunzipSync } from "node:zlib";
import { signBytes } from "@cyxwiz/chain";
import { encodeCancelOrder, encodeParameterOrder, toHex } from "@cyxwiz/proof";
import { StatusCode } from "@cyxwiz/protocol";
import { encodeWeights, openDataset, specOfJob, type TrainOptions, train } from "@cyxwiz/training";
import { generateKeyPairSigner } from "@solana/kit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { jobIdBytes } from "../jobs/job-id.ts";
import { collect, endlessJob, Fixture, openEnded, updatesAfter } from "../testing/fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await Fixture.start();
});
afterEach(() => fixture.close());

type Submitted = Awaited<ReturnType<Fixture["submit"]>>;

async function heartbeats(count: number): Promise<void> {
  const before = fixture.central.heartbeats.length;
  await fixture.central.until(() => fixture.central.heartbeats.length >= before + count);
}

const epochsReported = (count: number) => fixture.central.until(() => fixture.central.progress.length >= count);

/** The weights file of a job after so many epochs, trained here. */
async function weightsAfter(
  { config, bytes }: Submitted,
  epochs: number,
  changesAt: NonNullable<TrainOptions["changesAt"]> = () => [],
): Promise<Uint8Array> {
  const spec = specOfJob(config);
  for await (const event of train({ spec, dataset: openDataset(bytes), changesAt })) {
    if (event.type === "epoch" && event.epoch === epochs) return encodeWeights(event.state.weights);
  }
  throw new Error("the job has fewer epochs");
}

test("a paused job stands still, lives on for Central, and goes on from where it stood", async () => {
  const job = await fixture.submit(endlessJob());
  const { client, jobId } = job;
  await epochsReported(1);
  expect(await client.pauseTraining({ jobId })).toMatchObject({ success: true });
  expect(await client.pauseTraining({ jobId })).toMatchObject({ success: true });
  // What was under way when it was held has come through by the first heartbeat.
  await heartbeats(1);
  const held = await client.pauseTraining({ jobId });
  await heartbeats(1);
  expect(fixture.central.heartbeats.at(-1)).toContain(jobId);
  expect(await client.pauseTraining({ jobId })).toEqual(held);
  const reported = fixture.central.progress.length;

  const elsewhere = client.resumeTraining({ jobId, checkpointPath: "somewhere" });
  await expect(elsewhere).rejects.toMatchObject({ code: "INVALID_FIELD" });
  const resumed = await client.resumeTraining({ jobId });
  expect(resumed).toMatchObject({ resumedEpoch: held.currentEpoch, resumedBatch: held.currentBatch });
  await epochsReported(reported + 1);
  await client.cancelTraining({ jobId });
  await expect(client.pauseTraining({ jobId })).rejects.toMatchObject({ code: "JOB_ILLEGAL_MOVE" });
  await expect(client.resumeTraining({ jobId })).rejects.toMatchObject({ code: "JOB_ILLEGAL_MOVE" });
});

test("the stream's commands do the same; 'pause = false' resumes, and a refusal does not end the stream", async () => {
  const { client, jobId } = await fixture.submit(endlessJob());
  await epochsReported(1);
  const command = <Case extends string>(name: Case, value = true) => ({ command: { case: name, value } }) as const;
  const batch = { command: { case: "batchResponse", value: {} } } as const;
  const commands = [command("pause"), command("requestCheckpoint"), batch, command("pause", false), command("stop")];
  const updates = await collect(client, ...commands);
  const said = updates.flatMap(({ update }) => {
    if (update.case === "log") return [update.value.message];
    if (update.case === "error") return [`${update.value.errorCode}, recoverable: ${update.value.recoverable}`];
    return update.case === "checkpoint" && update.value.weightsData.length > 0 ? ["checkpoint with weights"] : [];
  });
  const answers = said.filter((text) => !/^(Connected|Training has started)/.test(text));
  expect(answers.toSorted()).toEqual([
    "ABORTED, recoverable: false",
    "NOT_POSSIBLE_NOW, recoverable: true",
    "Training goes on.",
    "Training is paused, for 1800 s at most.",
    "checkpoint with weights",
  ]);
  expect(answers.at(-1)).toBe("ABORTED, recoverable: false");
  expect(updates.every((update) => update.jobId === jobId)).toBe(true);
});

test("a job that is paused for as long as the node allows goes on by itself, and cannot be paused again", async () => {
  await fixture.close();
  fixture = await Fixture.start({ maxPausedMs: 100 });
  const { client, jobId } = await fixture.submit(endlessJob());
  await client.pauseTraining({ jobId });
  const abort = new AbortController();
  for await (const { update } of client.streamTrainingMetrics(openEnded(abort.signal), { signal: abort.signal })) {
    if (update.case === "log" && update.value.message.includes("for as long as this node allows")) break;
  }
  abort.abort();
  await epochsReported(2);
  await expect(client.pauseTraining({ jobId })).rejects.toMatchObject({ code: "NOT_POSSIBLE_NOW" });
});

test("a checkpoint on demand has the weights of the epoch whose hash it bears", async () => {
  const job = await fixture.submit(endlessJob());
  const { client, jobId } = job;
  await epochsReported(2);
  const checkpoint = await client.requestCheckpoint({ jobId });
  await epochsReported(checkpoint.epoch);
  const link = fixture.central.progress.find(({ currentEpoch }) => currentEpoch === checkpoint.epoch);
  expect(checkpoint).toMatchObject({ checkpointHash: link?.checkpointHash, compressionType: "gzip" });
  expect(checkpoint.metricsAtCheckpoint).toEqual(link?.metrics);
  const file = gunzipSync(checkpoint.weightsData);
  expect(checkpoint.weightsSize).toBe(BigInt(file.length));
  expect(file.equals(await weightsAfter(job, checkpoint.epoch))).toBe(true);
  await client.cancelTraining({ jobId });
  await expect(client.requestCheckpoint({ jobId })).rejects.toMatchObject({ code: "NOT_POSSIBLE_NOW" });
});

test("changed parameters hold from the start of an epoch on, and Central hears who ordered them", async () => {
  const payer = await generateKeyPairSigner();
  const job = await fixture.submit({ ...endlessJob(), payer: payer.address });
  const { client, jobId } = job;
  await epochsReported(1);
  await client.pauseTraining({ jobId });
  const first = await client.updateTraining({ jobId, params: { learningRate: 0.05 } });
  const second = { firstEpoch: first.firstEpoch + 1, parameters: { batch_size: 40 } };
  const signature = await signBytes(payer, encodeParameterOrder({ jobId: jobIdBytes(jobId), ...second }));
  const params = { batchSize: 40, firstEpoch: second.firstEpoch, signature };
  expect(await client.updateTraining({ jobId, params })).toMatchObject({ firstEpoch: second.firstEpoch });
  await client.resumeTraining({ jobId });
  await epochsReported(second.firstEpoch + 1);
  const checkpoint = await client.requestCheckpoint({ jobId });
  await client.cancelTraining({ jobId });

  const changes = [
    { firstEpoch: first.firstEpoch, learningRate: 0.05 },
    { firstEpoch: second.firstEpoch, batchSize: 40 },
  ];
  const changesAt = (epoch: number) => changes.filter(({ firstEpoch }) => firstEpoch === epoch);
  const expected = await weightsAfter(job, checkpoint.epoch, changesAt);
  expect(gunzipSync(checkpoint.weightsData).equals(expected)).toBe(true);
  const links = fixture.central.progress.flatMap(({ commitments }) => commitments);
  const orders = links.filter((link) => link.orders.length > 0).map(({ epoch, orders }) => ({ epoch, orders }));
  expect(orders).toMatchObject([
    { epoch: first.firstEpoch, orders: [{ firstEpoch: first.firstEpoch, parameters: { learning_rate: 0.05 } }] },
    { epoch: second.firstEpoch, orders: [second] },
  ]);
  expect(toHex(orders[1]?.orders[0]?.signature ?? new Uint8Array())).toBe(toHex(signature));
});

test("parameters that cannot be changed, or not by this client, are named", async () => {
  const { client, jobId } = await fixture.submit(endlessJob());
  await epochsReported(1);
  const refused = async (params: object, code: string, message: RegExp) => {
    const answer = client.updateTraining({ jobId, params });
    await expect(answer).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  };
  const unknown = { learningRate: 0.01, otherParams: { momentum: 0.9, dropout: 0.5 } };
  await refused(unknown, "INVALID_FIELD", /"momentum", "dropout" cannot be changed/);
  await refused({}, "INVALID_FIELD", /no parameter/);
  await refused({ learningRate: -1 }, "INVALID_FIELD", /learning_rate/);
  await refused({ learningRate: 0.1, firstEpoch: 1 }, "NOT_POSSIBLE_NOW", /has begun/);
  await refused({ batchSize: 32 }, "INVALID_FIELD", /signature.*payer/);
  const stranger = await generateKeyPairSigner();
  const order = { jobId: jobIdBytes(jobId), firstEpoch: 5_000, parameters: { batch_size: 32 } };
  const signature = await signBytes(stranger, encodeParameterOrder(order));
  await refused({ batchSize: 32, firstEpoch: 5_000, signature }, "INVALID_FIELD", /not the payer's/);
  await refused({ batchSize: 32, signature }, "INVALID_FIELD", /first_epoch/);
  await client.cancelTraining({ jobId });
  await refused({ learningRate: 0.1 }, "JOB_ILLEGAL_MOVE", /cancelled/);
});

test("a signed cancellation leaves the last epoch's weights, and Central its proof", async () => {
  const payer = await generateKeyPairSigner();
  const job = await fixture.submit({ ...endlessJob(), payer: payer.address });
  const { client, jobId } = job;
  await epochsReported(2);
  const signature = await signBytes(payer, encodeCancelOrder(jobIdBytes(jobId)));
  const forged = client.cancelTraining({ jobId, signature: signature.toReversed() });
  await expect(forged).rejects.toMatchObject({ code: "INVALID_FIELD" });
  await client.pauseTraining({ jobId });

  const order = { jobId, signature, savePartialModel: true, reason: "seen enough" };
  const answer = await client.cancelTraining(order);
  expect(answer).toMatchObject({ success: true, partialModelSaved: true });
  expect(answer.epochsCompleted).toBeGreaterThanOrEqual(2);
  expect(answer.partialModelPath).toBe(`https://${fixture.node.endpoint}/jobs/${jobId}/weights`);
  expect(await client.cancelTraining(order)).toEqual(answer);
  const weights = await download(client, jobId);
  expect(weights.equals(await weightsAfter(job, answer.epochsCompleted))).toBe(true);
  await fixture.central.until(() => fixture.central.results.length > 0);
  expect(fixture.central.results).toMatchObject([{ jobId, finalStatus: StatusCode.STATUS_CANCELLED }]);
  expect(toHex(fixture.central.results[0]?.cancelSignature ?? new Uint8Array())).toBe(toHex(signature));
  expect(fixture.central.progress.at(-1)?.currentEpoch).toBe(answer.epochsCompleted);

  await fixture.node.close();
  await fixture.restart();
  expect((await download(fixture.client(job.sessionToken), jobId)).equals(weights)).toBe(true);
});

test("when Central cancels, the weights of what is paid for are kept", async () => {
  const { client, jobId } = await fixture.submit(endlessJob());
  await epochsReported(1);
  fixture.central.jobsToCancel = [jobId];
  expect((await collect(client)).at(-1)?.update.case).toBe("error");
  expect((await download(client, jobId)).length).toBeGreaterThan(0);
});

test("after a lost connection a client gets each checkpoint and log line that it missed, once", async () => {
  const { client, jobId, sessionToken } = await fixture.submit(endlessJob());
  const epochs: number[] = [];
  const logs: string[] = [];
  let after = 0n;
  const follow = async (from: Submitted["client"], until: (epoch: number) => boolean) => {
    for await (const { update, sequence } of updatesAfter(from, after)) {
      if (sequence > after) after = sequence;
      if (update.case === "log" && sequence > 0n) logs.push(update.value.message);
      if (update.case !== "checkpoint") continue;
      epochs.push(update.value.epoch);
      if (until(update.value.epoch)) return;
    }
  };
  await follow(client, (epoch) => epoch >= 2);
  client.hangUp();
  const other = fixture.client(sessionToken);
  await epochsReported((epochs.at(-1) ?? 0) + 4);
  await other.pauseTraining({ jobId });
  await other.resumeTraining({ jobId });
  const reported = fixture.central.progress.length;
  await follow(fixture.client(sessionToken), (epoch) => epoch >= reported + 2);
  expect(epochs).toEqual(Array.from({ length: epochs.length }, (_, index) => index + 1));
  expect(logs).toEqual(["Training has started.", "Training is paused, for 1800 s at most.", "Training goes on."]);
  await other.cancelTraining({ jobId });
  const cases: (string | undefined)[] = [];
  for await (const { update } of updatesAfter(fixture.client(sessionToken), after)) cases.push(update.case);
  expect(cases.at(-1)).toBe("error");
});

async function download(client: Submitted["client"], jobId: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const { data } of client.downloadWeights({ jobId })) chunks.push(data);
  return Buffer.concat(chunks);
}
