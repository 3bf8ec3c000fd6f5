import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type BatchRequest,
  BatchResponseSchema,
  DatasetInfoResponseSchema,
  DatasetSplit,
  type TrainingCommandSchema,
  type TrainingUpdate,
} from "@cyxwiz/protocol";
import { openDataset, type Split } from "@cyxwiz/training";
import type { Fixture } from "./fixture.ts";

type Command = MessageInitShape<typeof TrainingCommandSchema>;

/** How an engine streams its data, and how it is to misbehave. */
export interface Streaming {
  /** Shows the container's header and sends its elements as they are; else answers as existing engines do. */
  readonly raw: boolean;
  /** Changes an answer, or keeps it back. */
  readonly change?: (command: Command, request: TrainingUpdate) => Command | undefined;
  /** Told of each request. */
  readonly onRequest?: (request: BatchRequest) => void;
  readonly signal?: AbortSignal;
}

/** Follows a job to its end and streams the data set in these bytes as it is asked for. Gives all that was heard. */
export async function streamData(
  client: ReturnType<Fixture["client"]>,
  bytes: Uint8Array,
  { raw, change = (command) => command, onRequest, signal }: Streaming,
): Promise<TrainingUpdate[]> {
  const { train, test } = openDataset(bytes);
  const leave = new AbortController();
  const either = signal ? AbortSignal.any([leave.signal, signal]) : leave.signal;
  const answers: Command[] = [{}];
  let wake = Promise.withResolvers<void>();
  either.addEventListener("abort", () => wake.resolve());
  async function* commands() {
    while (!either.aborted) {
      wake = Promise.withResolvers();
      yield* answers.splice(0);
      if (!either.aborted) await wake.promise;
    }
  }
  const heard: TrainingUpdate[] = [];
  try {
    for await (const update of client.streamTrainingMetrics(commands(), { signal: either })) {
      heard.push(update);
      const { update: asked } = update;
      let answer: Command | undefined;
      if (asked.case === "datasetInfoRequest") answer = { command: { case: "datasetInfoResponse", value: info() } };
      if (asked.case === "batchRequest") {
        onRequest?.(asked.value);
        answer = { command: { case: "batchResponse", value: batch(asked.value) } };
      }
      const said = answer && change(answer, update);
      if (said) answers.push(said);
      wake.resolve();
    }
  } finally {
    leave.abort();
  }
  return heard;

  function info() {
    const split = (of: Split | undefined) => ({ numSamples: BigInt(of?.samples ?? 0), available: of !== undefined });
    const headerBytes = 8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    return create(DatasetInfoResponseSchema, {
      train: split(train),
      // As the splits of existing engines are called.
      ...(raw ? { test: split(test) } : { validation: split(test) }),
      sampleShape: [...train.features.shape.slice(1)],
      labelShape: [1],
      dtype: "float32",
      ...(raw && { containerHeader: bytes.slice(0, headerBytes) }),
    });
  }

  function batch({ split, sampleIndices, requestId }: BatchRequest) {
    const of = split === DatasetSplit.SPLIT_TRAIN ? train : (test as Split);
    const rows = sampleIndices.map(Number);
    const take = ({ data, shape }: Split["features"] | Split["labels"]) => {
      const width = shape.slice(1).reduce((product, length) => product * length, 1);
      const parts = rows.map((row) => {
        const part = data.slice(row * width, (row + 1) * width);
        return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
      });
      return { bytes: Buffer.concat(parts), shape: [rows.length, ...shape.slice(1)].map(BigInt) };
    };
    const [images, labels] = [take(of.features), take(of.labels)];
    return create(BatchResponseSchema, {
      requestId,
      images: images.bytes,
      labels: labels.bytes,
      batchShape: images.shape,
      labelShape: labels.shape,
    });
  }
}
