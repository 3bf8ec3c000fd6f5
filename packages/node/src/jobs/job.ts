import { totalmem } from "node:os";
import { CyxwizError } from "@cyxwiz/errors";
import { hashFromHex, sha256Bulk, toHex } from "@cyxwiz/proof";
import type { TrainingUpdate } from "@cyxwiz/protocol";
import { type DoneEvent, encodeState, encodeWeights, initialState, type TrainingState } from "@cyxwiz/training";
import { type DatasetSource, type TrainingRun, trainInWorker, type WorkerEvent } from "@cyxwiz/training/node";
import type { JobReports } from "../central-client/job-reports.ts";
import { describe, type Logger } from "../util/log.ts";
import type { StoredWeights } from "../weights/weights-store.ts";
import { EpochLedger, toMetrics } from "./epoch-ledger.ts";
import type { FinishedEpoch } from "./finished-epoch.ts";
import { Hold } from "./hold.ts";
import { jobIdBytes } from "./job-id.ts";
import type { JobOptions, Position, Stop } from "./job-options.ts";
import { JobLifecycle, type JobPhase } from "./job-phase.ts";
import { toChange, type WantedParameters } from "./parameter-order.ts";
import { ProofChain } from "./proof-chain.ts";
import { completeUpdate, errorUpdate, type LogLevel, logUpdate, progressUpdate, toReportable } from "./updates.ts";

/** One job on its way through this node: started on chain, trained, stored, reported. */
export class Job {
  readonly id: string;
  /** Resolves when the job has ended, however it did; never rejects. */
  readonly ended: Promise<void>;
  readonly reports: JobReports;
  /** Of the data it trains on; hex. */
  readonly datasetSha256: string;
  readonly #options: JobOptions;
  readonly #lifecycle: JobLifecycle;
  readonly #abort = new AbortController();
  readonly #log: Logger;
  readonly #beganAtSeconds: number;
  readonly #hold: Hold;
  readonly #ledger: EpochLedger;
  #stop: (Stop & { readonly error: CyxwizError }) | undefined;
  #suspending = false;
  #position: Position = { epoch: 0, batch: 0 };
  #training: TrainingRun | undefined;

  constructor(options: JobOptions, dataset: DatasetSource) {
    this.#options = options;
    this.id = options.agreement.jobId;
    this.reports = options.reports;
    this.datasetSha256 = toHex(options.checked.datasetHash);
    this.#lifecycle = new JobLifecycle(this.id);
    this.#log = options.log.child({ jobId: this.id });
    this.#beganAtSeconds = options.kept.record.beganAtSeconds;
    this.#ledger = new EpochLedger(this.id, options);
    this.#hold = new Hold({
      jobId: this.id,
      lifecycle: this.#lifecycle,
      limitMs: options.maxPausedMs,
      nowMs: options.nowMs,
      say: (level, message) => this.#say(level, message),
    });
    this.ended = this.#run("path" in dataset ? dataset : shareable(dataset));
  }

  get phase(): JobPhase {
    return this.#lifecycle.phase;
  }

  /** Where training stands, as it was last heard of. */
  get position(): Position {
    return this.#position;
  }

  /** The newest epoch with its weights, while the job is on; epoch 0 before the first one is done. */
  get finished(): FinishedEpoch | undefined {
    return this.#ledger.finished;
  }

  /** Epochs that are done and committed to. */
  get epochsDone(): number {
    return this.#ledger.done;
  }

  /** Holds training before its next step; see {@link Hold}. */
  pause(): void {
    this.#hold.begin();
  }

  resume(): void {
    this.#hold.end();
  }

  /**
   * Has training go on with other parameters from an epoch on; without one, from the next.
   *
   * @returns the first epoch that is trained so
   * @throws CyxwizError INVALID_FIELD, NOT_POSSIBLE_NOW
   */
  change(wanted: WantedParameters): number {
    if (!this.#training || this.#lifecycle.ended) {
      throw new CyxwizError("JOB_ILLEGAL_MOVE", { jobId: this.id, from: this.phase, event: "update_params" });
    }
    const firstEpoch = this.#training.change(toChange(this.#notBeforeKnown(wanted)));
    const order = { ...wanted, firstEpoch };
    this.#ledger.order(order);
    this.#options.onOrder(order);
    const what = Object.entries(wanted.parameters).map(([name, value]) => `${name} = ${value}`);
    this.#say("INFO", `From epoch ${firstEpoch} on: ${what.join(", ")}.`);
    return firstEpoch;
  }

  /** After a restart, epochs are trained again as they were: only those that nobody has committed to can be changed. */
  #notBeforeKnown(wanted: WantedParameters): WantedParameters {
    const { length: firstOpen } = this.#options.kept.known;
    if (wanted.firstEpoch !== undefined && wanted.firstEpoch < firstOpen) {
      const problem = `epoch ${wanted.firstEpoch} is done already; epoch ${firstOpen} is not`;
      throw new CyxwizError("NOT_POSSIBLE_NOW", { what: "Changing the parameters", problem });
    }
    const again = this.#position.epoch < firstOpen - 1;
    return wanted.firstEpoch === undefined && again ? { ...wanted, firstEpoch: firstOpen } : wanted;
  }

  /** Ends the job soon. Without effect once the job has ended. */
  stop(error: CyxwizError, how: Stop): void {
    if (this.#lifecycle.ended || this.#stop || this.#suspending) return;
    this.#stop = { ...how, error };
    this.#abort.abort(error);
  }

  /** True when a later run of the node could go on with it. */
  get resumable(): boolean {
    return this.#options.kept.resumable;
  }

  /** Ends the job for this run of the node; a later one goes on with it. Nobody is told that it has failed. */
  suspend(): void {
    if (this.#lifecycle.ended || this.#stop) return;
    this.#suspending = true;
    this.#abort.abort();
  }

  #say(level: LogLevel, message: string): void {
    this.#log.info(message);
    this.#options.updates.publish(logUpdate(this.id, this.#options.nowSeconds(), level, message));
  }

  async #run(dataset: DatasetSource): Promise<void> {
    try {
      await this.#train(dataset);
    } catch (error) {
      this.#abort.abort();
      if (this.#suspending) this.#suspend();
      else await this.#fail(error);
    } finally {
      this.#hold.close();
      this.#ledger.close();
    }
  }

  async #train(dataset: DatasetSource): Promise<void> {
    const { checked, agreement, startOnChain, nowSeconds, kept, resume } = this.#options;
    const { signal } = this.#abort;
    this.#lifecycle.moveTo("preparing");
    this.#log.info({ epochs: checked.spec.training.epochs, inMemory: !("path" in dataset) }, "job accepted");
    const { state, orders = [] } = resume ?? {};
    const training = trainInWorker({
      spec: checked.spec,
      dataset,
      signal,
      changes: orders.map((order) => ({ ...toChange(order), firstEpoch: order.firstEpoch })),
      ...(state && { resumeFrom: state }),
    });
    this.#training = training;
    // The thread starts up meanwhile, and takes no step before the chain knows that the job is on.
    training.pause();
    let announce: (() => void) | undefined;
    try {
      const initial = initialState(checked.spec);
      const [initialStateHash] = await Promise.all([sha256Bulk(encodeState(initial)), startOnChain(signal)]);
      signal.throwIfAborted();
      const genesis = {
        jobId: jobIdBytes(this.id),
        termsHash: agreement.termsHash,
        datasetHash: checked.datasetHash,
        seed: checked.config.seed,
        initialStateHash,
      };
      const chain = new ProofChain(this.id, genesis, nowSeconds(), { known: kept.known, epoch: state?.epoch ?? 0 });
      kept.keepLink({ ...chain.start, metrics: {} });
      this.#lifecycle.moveTo("running");
      this.#begin(chain, state ?? initial);
      this.#hold.release(training);
      for await (const event of training) announce = await this.#handle(event, chain);
    } finally {
      await training.stop();
    }
    // Only now, when the next job finds its place free.
    announce?.();
  }

  #begin(chain: ProofChain, from: TrainingState): void {
    this.#ledger.begin(chain, from);
    this.#position = { epoch: from.epoch, batch: 0 };
    this.#say(
      "INFO",
      this.#options.resume
        ? `The node was restarted; training goes on after epoch ${from.epoch}.`
        : "Training has started.",
    );
  }

  /** Gives what there is to announce once the thread is gone, after the last event. */
  async #handle(event: WorkerEvent, chain: ProofChain): Promise<(() => void) | undefined> {
    const { updates, nowSeconds } = this.#options;
    if (event.type === "batch") {
      this.#position = { epoch: event.epoch, batch: event.batch };
      updates.publish(progressUpdate(this.id, nowSeconds(), event, { ...event.usage, totalBytes: totalmem() }));
    } else if (event.type === "epoch") {
      await this.#ledger.add(event, chain);
    } else {
      return this.#complete(event, chain);
    }
    return undefined;
  }

  async #complete(event: DoneEvent, chain: ProofChain): Promise<() => void> {
    const { updates, nowSeconds, reports, kept } = this.#options;
    const weightsUrl = this.#options.weightsUrl();
    // A resumed run does not know the metrics of epochs that it has not trained itself.
    const metrics = kept.known[event.weightsEpoch]?.metrics ?? toMetrics(event.metrics);
    const stored = await this.#save(encodeWeights(event.weights));
    this.#abort.signal.throwIfAborted();
    const root = chain.root(hashFromHex(stored.sha256, "result hash"));
    const elapsedSeconds = this.#trainedSeconds();
    this.#lifecycle.moveTo("completed");
    this.#log.info({ resultHash: stored.sha256, elapsedSeconds }, "job completed");
    const complete = completeUpdate(this.id, nowSeconds(), {
      stored,
      metrics,
      elapsedSeconds,
      epochs: event.epoch,
      weightsUrl,
      root,
    });
    // Before anybody hears of it, so that whoever does can have it.
    this.#options.onCompleted(stored, complete, chain.checkpoints());
    const [resultHash, weightsBytes] = [stored.sha256, stored.size];
    return () => {
      reports.add({ type: "completed", weightsUrl, resultHash, weightsBytes, metrics, elapsedSeconds, root });
      updates.publish(complete);
    };
  }

  async #save(weights: Uint8Array): Promise<StoredWeights> {
    const { weights: store, kept } = this.#options;
    try {
      return await store.save(this.id, weights);
    } catch (error) {
      // The result is worth more than what it could be replayed from.
      await kept.giveUp(error);
      return store.save(this.id, weights);
    }
  }

  #suspend(): void {
    this.#lifecycle.moveTo("suspended");
    this.#say("WARNING", "The node is being restarted; the job goes on then.");
    this.#options.updates.suspend();
  }

  async #fail(cause: unknown): Promise<void> {
    const { updates, nowSeconds, reports } = this.#options;
    const { error = cause, cancelled = false, signature } = this.#stop ?? {};
    const { code, message } = toReportable(error);
    // A failure that is not one of ours needs its cause in the log, and there only.
    this.#log[cancelled ? "info" : "error"]({ code, err: code === "INTERNAL" ? error : undefined }, message);
    const end = errorUpdate(this.id, nowSeconds(), error, this.#position.epoch);
    if (this.#stop?.savePartial) await this.#savePartial(end);
    this.#lifecycle.moveTo(cancelled ? "cancelled" : "failed");
    const elapsedSeconds = this.#trainedSeconds();
    const cancelSignature = signature && toHex(signature);
    reports.add({ type: "failed", problem: `${code}: ${message}`, cancelled, cancelSignature, elapsedSeconds });
    updates.publish(end);
  }

  async #savePartial(end: TrainingUpdate): Promise<void> {
    const { finished } = this.#ledger;
    if (!finished || finished.epoch === 0) return;
    try {
      const stored = await this.#options.weights.save(this.id, encodeWeights(finished.weights));
      this.#options.onPartial(stored, end);
    } catch (error) {
      this.#log.warn({ problem: describe(error) }, "the weights of a cancelled job could not be kept");
    }
  }

  /** What was spent on the job, less its pauses. */
  #trainedSeconds(): number {
    const { nowSeconds } = this.#options;
    return Math.max(0, nowSeconds() - this.#beganAtSeconds - Math.round(this.#hold.totalMs / 1000));
  }
}

/** A copy that this thread and the training thread share, so that the message it came in can be forgotten. */
function shareable(bytes: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}
