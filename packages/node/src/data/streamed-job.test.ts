import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CyxwizError } from "@cyxwiz/errors";
import { StatusCode, type TrainingUpdate, toWireError } from "@cyxwiz/protocol";
import { afterEach, expect, test } from "vitest";
import { collect, Fixture } from "../testing/fixture.ts";
import { dataset, modelDefinition } from "../testing/jobs.ts";
import { type Streaming, streamData } from "../testing/streaming-engine.ts";

/** More batches than are asked for at once. */
const SAMPLES = 100_000;
const bytes = dataset({ samples: SAMPLES });
const ours = {
  datasetSamples: BigInt(SAMPLES),
  epochs: 1,
  batchSize: 2048,
  modelDefinition: modelDefinition({ epochs: 1 }).replace('"batch_size":16', '"batch_size":2048'),
};

let fixture: Fixture;
afterEach(() => fixture.close());

async function submit(config: object = {}) {
  const job = await fixture.offer({ bytes, config: { ...ours, ...config } });
  const connected = await fixture.connect(job.jobId, job.token);
  await connected.client.sendJob({ jobId: job.jobId, config: job.config, datasetUri: "remote://dataset" });
  return { ...job, ...connected, directory: join(fixture.dataDir, "jobs", job.jobId) };
}

function resultOf(updates: readonly TrainingUpdate[]) {
  const last = updates.at(-1)?.update;
  return last?.case === "complete" ? last.value.resultHash : JSON.stringify(last?.value, (_, value) => `${value}`);
}

test("data that the engine streams is trained with the same result, kept byte for byte, and gone with the audit window", async () => {
  fixture = await Fixture.start({ datasetMemoryBytes: 0 });
  const sent = await fixture.submit({ bytes, config: ours });
  const expected = resultOf(await collect(sent.client));
  expect(expected).toMatch(/^[0-9a-f]{64}$/);
  const { client, directory } = await submit();
  const heard = await streamData(client, bytes, {
    raw: true,
    onRequest: ({ sampleIndices }) => expect(sampleIndices.length).toBeLessThanOrEqual(8192),
  });
  expect(resultOf(heard)).toBe(expected);
  expect((await readFile(join(directory, "dataset"))).equals(bytes)).toBe(true);
  await fixture.node.close();
  fixture.central.clockAheadMs = fixture.aheadMs = 8 * 86_400_000;
  await fixture.restart();
  expect(existsSync(join(directory, "dataset"))).toBe(false);
});

test("an existing engine's answers are put together to the same container: float32 samples, int32 labels, no hash", async () => {
  fixture = await Fixture.start();
  const { client, directory } = await submit({ datasetSha256: "", datasetSamples: 0n, testSamples: 0n });
  expect((await streamData(client, bytes, { raw: false })).at(-1)?.update.case).toBe("complete");
  expect((await readFile(join(directory, "dataset"))).equals(bytes)).toBe(true);
});

test("a lost stream is taken up by the next where it stopped, over one that gives no data as well", async () => {
  fixture = await Fixture.start();
  const { client, sessionToken } = await submit();
  const broken = new AbortController();
  const came: bigint[] = [];
  const before = streamData(client, bytes, {
    raw: true,
    signal: broken.signal,
    // One more than is asked for at once: the first answer lies on the node's disk.
    onRequest: ({ requestId }) => void (requestId === 9 && broken.abort()),
    change: (command, { update }) => {
      if (update.case !== "batchRequest") return command;
      if (came.length > 0) return undefined;
      came.push(...update.value.sampleIndices);
      return command;
    },
  });
  await expect(before).rejects.toMatchObject({ code: "ABORTED" });
  // Whoever follows the job without having its data, does no harm.
  const deaf = collect(fixture.client(sessionToken));
  const second: bigint[] = [];
  const heard = await streamData(fixture.client(sessionToken), bytes, {
    raw: true,
    onRequest: ({ split, sampleIndices }) => void (split === 0 && second.push(...sampleIndices)),
  });
  expect(heard.at(-1)?.update.case).toBe("complete");
  expect((await deaf).at(-1)?.update.case).toBe("complete");
  expect(came).toHaveLength(8192);
  expect(second).toHaveLength(SAMPLES - 8192);
});

/** Changes every batch. */
const corrupted =
  (
    change: (value: { images: Uint8Array; labels: Uint8Array; batchShape: bigint[] }) => object,
  ): NonNullable<Streaming["change"]> =>
  (command) => {
    const said = command.command;
    if (said?.case !== "batchResponse") return command;
    return { command: { case: "batchResponse", value: { ...said.value, ...change(said.value as never) } } as never };
  };

test.each<[what: string, code: string, problem: RegExp, streaming: Partial<Streaming>, config?: object]>([
  [
    "other bytes",
    "JOB_TERMS_MISMATCH",
    /hash of the data set/,
    { change: corrupted(({ images }) => ({ images: images.map((byte, at) => (at === 5 ? byte ^ 1 : byte)) })) },
  ],
  [
    "too little",
    "DATA_INVALID",
    /train\.features have \d+ bytes; they need/,
    { change: corrupted(({ images }) => ({ images: images.subarray(1) })) },
  ],
  [
    "too much",
    "DATA_INVALID",
    /train\.labels have \d+ bytes; they need/,
    { change: corrupted(({ labels }) => ({ labels: Buffer.concat([labels, labels]) })) },
  ],
  ["another shape", "DATA_INVALID", /have the shape \[7\]/, { change: corrupted(() => ({ batchShape: [7n] })) }],
  ["other counts", "JOB_TERMS_MISMATCH", /number of training samples/, {}, { datasetSamples: 99_999n }],
  [
    "no header that can be read",
    "DATA_INVALID",
    /what the engine says/,
    {
      change: (command) =>
        command.command?.case === "datasetInfoResponse"
          ? { command: { case: "datasetInfoResponse", value: { containerHeader: new Uint8Array(20) } } }
          : command,
    },
  ],
  ["more than the node takes", "DATA_TOO_LARGE", /streamed by the engine/, {}, {}],
  [
    "an error",
    "DATA_INVALID",
    /gone/,
    {
      change: (command) =>
        command.command?.case === "batchResponse"
          ? {
              command: {
                case: "batchResponse",
                value: {
                  requestId: command.command.value.requestId ?? 0,
                  error: toWireError(new CyxwizError("DATA_INVALID", { source: "x", problem: "gone" })),
                },
              },
            }
          : command,
    },
  ],
  [
    "no answer",
    "TIMED_OUT",
    /Waiting for the engine's data/,
    { change: (command) => (command.command?.case === "batchResponse" ? undefined : command) },
  ],
])(
  "an engine that gives %s is told so, its job is over before it starts, and nothing is left of it",
  async (what, code, problem, streaming, config) => {
    fixture = await Fixture.start({
      ...(what === "no answer" && { datasetSilenceMs: 100 }),
      ...(code === "DATA_TOO_LARGE" && { maxDatasetBytes: bytes.length - 1 }),
    });
    const { client, directory, jobId } = await submit(config);
    const last = (await streamData(client, bytes, { raw: true, ...streaming })).at(-1)?.update;
    expect(last).toMatchObject({
      case: "error",
      value: { errorCode: code, errorMessage: expect.stringMatching(problem) },
    });
    await fixture.central.until(() => fixture.central.results.length > 0);
    expect(fixture.central.results).toMatchObject([{ jobId, finalStatus: StatusCode.STATUS_CANCELLED }]);
    expect(fixture.chain.started).toEqual([]);
    for (const name of ["dataset", "dataset.part", "job.json"]) expect(existsSync(join(directory, name))).toBe(false);
  },
);
