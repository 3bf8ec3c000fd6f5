import { create } from "@bufbuild/protobuf";
import { CyxwizError } from "@cyxwiz/errors";
import {
  type BatchRequest,
  type BatchResponse,
  DatasetInfoRequestSchema,
  type DatasetInfoResponse,
  fromWireError,
  type TrainingUpdate,
  TrainingUpdateSchema,
} from "@cyxwiz/protocol";

/** A stream to a client: what is pushed goes to it alone. */
export interface Channel {
  push(update: TrainingUpdate): void;
}

type Ask = BatchRequest | "info";
interface Waiting<T> {
  readonly ask: Ask;
  readonly answer: PromiseWithResolvers<T>;
}

/**
 * Questions about data that the node asks the engine over the job's streams, and their answers. Every stream is asked what the
 * data is; who answers that is asked for it. When that stream is lost, the next one that answers is asked for all that is still
 * open, so nothing that has come is asked for again.
 */
export class BatchExchange {
  readonly #jobId: string;
  /** With the clock that dates what is said there. */
  readonly #streams = new Map<Channel, () => number>();
  #provider: Channel | undefined;
  #info: Waiting<DatasetInfoResponse> | undefined;
  readonly #batches = new Map<number, Waiting<BatchResponse>>();
  #closed: unknown;

  constructor(jobId: string) {
    this.#jobId = jobId;
  }

  /** Asks over a stream from now on. Returns how that ends. */
  attach(stream: Channel, nowSeconds: () => number): () => void {
    this.#streams.set(stream, nowSeconds);
    if (this.#info && !this.#provider) this.#say(stream, "info");
    return () => {
      this.#streams.delete(stream);
      if (this.#provider !== stream) return;
      this.#provider = undefined;
      if (this.#info) for (const other of this.#streams.keys()) this.#say(other, "info");
    };
  }

  /** What the data is. Rejects with why the engine does not say, or with what the exchange was closed with. */
  info(): Promise<DatasetInfoResponse> {
    if (this.#closed) return Promise.reject(this.#closed);
    if (!this.#info) {
      this.#info = { ask: "info", answer: Promise.withResolvers() };
      for (const stream of this.#streams.keys()) this.#say(stream, "info");
    }
    return this.#info.answer.promise;
  }

  /** Some samples. Rejects as {@link info} does. */
  batch(request: BatchRequest): Promise<BatchResponse> {
    if (this.#closed) return Promise.reject(this.#closed);
    const waiting: Waiting<BatchResponse> = { ask: request, answer: Promise.withResolvers() };
    this.#batches.set(request.requestId, waiting);
    if (this.#provider) this.#say(this.#provider, request);
    return waiting.answer.promise;
  }

  /** True while something is asked for. */
  get isOpen(): boolean {
    return this.#info !== undefined && this.#closed === undefined;
  }

  /** Takes what came over a stream. An answer that came already, over another one, changes nothing. */
  answerInfo(stream: Channel, response: DatasetInfoResponse): void {
    if (!this.#info || this.#closed) return;
    const refusal = fromWireError(response.error);
    if (refusal) this.#info.answer.reject(refusal);
    else this.#info.answer.resolve(response);
    if (refusal || this.#provider) return;
    this.#provider = stream;
    for (const { ask } of this.#batches.values()) this.#say(stream, ask);
  }

  /** The same for samples. */
  answerBatch(response: BatchResponse): void {
    const waiting = this.#batches.get(response.requestId);
    if (!waiting) return;
    this.#batches.delete(response.requestId);
    const refusal = fromWireError(response.error);
    if (refusal) waiting.answer.reject(refusal);
    else waiting.answer.resolve(response);
  }

  /** Nothing more is asked for; what is still open ends with a reason. */
  close(reason: unknown = new CyxwizError("ABORTED", { what: "Streaming the data set" })): void {
    this.#closed ??= reason;
    for (const { answer } of [...(this.#info ? [this.#info] : []), ...this.#batches.values()]) {
      // Whoever does not wait for it any more need not hear of it.
      answer.promise.catch(() => undefined);
      answer.reject(reason);
    }
    this.#batches.clear();
  }

  #say(stream: Channel, ask: Ask): void {
    const jobId = this.#jobId;
    const update: TrainingUpdate["update"] =
      ask === "info"
        ? { case: "datasetInfoRequest", value: create(DatasetInfoRequestSchema, { jobId }) }
        : { case: "batchRequest", value: ask };
    const timestamp = BigInt(this.#streams.get(stream)?.() ?? 0);
    stream.push(create(TrainingUpdateSchema, { jobId, timestamp, update }));
  }
}
