import { CyxwizError } from "@cyxwiz/errors";
import { compileModel } from "../backend/compile-model.ts";
import { checkDataset } from "../data/check-dataset.ts";
import type { Dataset } from "../data/dataset.ts";
import type { TensorOf } from "../data/tensor.ts";
import { inferShapes } from "../spec/infer-shapes.ts";
import type { TrainingSpec } from "../spec/types.ts";
import { BatchFiller, batchCount, sampleOrder } from "./batches.ts";
import { DropoutMasks } from "./dropout-masks.ts";
import { type Evaluation, evaluateSplit, Totals } from "./evaluate.ts";
import type { EpochMetrics, TrainEvent } from "./events.ts";
import { checkState, initialState, optimizerSlots, type TrainingState, type Weights } from "./state.ts";
import { StepSize } from "./step-size.ts";

/** What to train, on what, and from where to go on. */
export interface TrainOptions {
  readonly spec: TrainingSpec;
  readonly dataset: Dataset;
  readonly signal?: AbortSignal;
  /** Go on from the end of an earlier epoch; gives the same bits as a run without the break. */
  readonly resumeFrom?: TrainingState;
  /** A monotonic clock in milliseconds; only reported figures depend on it. Default: `performance.now`. */
  readonly nowMs?: () => number;
  /** Least time between two `batch` events. Default: 100. */
  readonly batchIntervalMs?: number;
  /** Called when everything is loaded and compiled, before the first step, e.g. to wait for leave to start. */
  readonly onReady?: () => void;
  /** Called after every step, e.g. to hold training up. */
  readonly onStep?: (step: number) => void;
}

/** Work between two looks at the event loop, so that signals and messages come through. */
const YIELD_INTERVAL_MS = 50;

/**
 * Trains a model. The same spec and data give the same bits on every machine, whatever the clock says.
 *
 * Steps run synchronously on this thread (see `trainInWorker` for one of its own), with a look at the event loop
 * every 50 ms.
 *
 * @throws CyxwizError `DATA_INVALID` when the data does not fit, `TRAINING_DIVERGED` when the loss is no longer
 * finite, `ABORTED` when the signal says so.
 * @example
 * for await (const event of train({ spec, dataset })) {
 *   if (event.type === "epoch") console.log(event.epoch, event.metrics.val_accuracy);
 * }
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainEvent, void, void> {
  const { spec, dataset, signal, onStep, batchIntervalMs = 100 } = options;
  const nowMs = options.nowMs ?? (() => performance.now());
  const { epochs, batch_size: batchSize, loss } = spec.training;
  throwIfAborted(signal);
  checkDataset(dataset, spec);
  const shapes = inferShapes(spec.model);
  const batches = batchCount(dataset.train.samples, batchSize);
  const start = options.resumeFrom ?? initialState(spec);
  checkState(start, spec, batches);

  const slotNames = optimizerSlots(spec.training).flatMap((slot) =>
    shapes.weights.map(({ name }) => `${slot}/${name}`),
  );
  const model = await compileModel(
    spec,
    shapes.weights.map(({ name }) => (start.weights.get(name) as TensorOf<"F32">).data),
    slotNames.map((name) => (start.optimizer.get(name) as TensorOf<"F32">).data),
  );
  const named = (names: readonly string[], arrays: readonly Float32Array[]): Weights =>
    new Map(
      names.map((name, index) => [
        name,
        {
          dtype: "F32",
          shape: shapes.weights[index % shapes.weights.length]?.shape ?? [],
          data: arrays[index] as Float32Array,
        },
      ]),
    );
  const weightNames = shapes.weights.map(({ name }) => name);

  try {
    const filler = new BatchFiller(dataset.train, spec);
    const masks = new DropoutMasks(spec);
    const stepSize = new StepSize(spec.training.optimizer, start.step);
    options.onReady?.();
    const startedMs = nowMs();
    let step = start.step;
    let yieldedMs = startedMs;
    // The first batch is told at once: it is the sign that training runs.
    let reportedMs = Number.NEGATIVE_INFINITY;
    let samplesSeen = 0;
    let metrics: EpochMetrics | undefined;
    for (let epoch = start.epoch; epoch < epochs; epoch++) {
      const order = sampleOrder(dataset.train.samples, spec.training, epoch);
      const totals = new Totals(shapes.output[0] as number, loss !== "mean_squared_error");
      for (let batch = 0; batch < batches; batch++) {
        const { batch: input, count } = filler.fill(order, batch * batchSize);
        const result = model.trainStep(input, stepSize.next(), masks.draw(step));
        step++;
        if (!Number.isFinite(result.loss)) {
          throw new CyxwizError("TRAINING_DIVERGED", { epoch: epoch + 1, batch: batch + 1, loss: String(result.loss) });
        }
        totals.add(result.loss, result.outputs, input.targets, count);
        samplesSeen += count;
        onStep?.(step);

        const now = nowMs();
        if (now - yieldedMs >= YIELD_INTERVAL_MS) {
          await nextTurn();
          yieldedMs = nowMs();
        }
        throwIfAborted(signal);
        if (now - reportedMs >= batchIntervalMs || batch === batches - 1) {
          reportedMs = now;
          const elapsedMs = now - startedMs;
          const stepsLeft = epochs * batches - step;
          yield {
            type: "batch",
            epoch: epoch + 1,
            epochs,
            batch: batch + 1,
            batches,
            step,
            ...totals.means(),
            samplesPerSecond: elapsedMs > 0 ? (samplesSeen * 1000) / elapsedMs : 0,
            elapsedMs,
            estimatedRemainingMs: (elapsedMs / (step - start.step)) * stepsLeft,
          };
        }
      }
      metrics = combine(totals.means(), dataset.test && evaluateSplit(model, spec, dataset.test));
      const weights = model.readWeights();
      // The last step's weights show in no loss of the epoch.
      const finite =
        Object.values(metrics).every(Number.isFinite) && weights.every((data) => data.every(Number.isFinite));
      if (!finite) {
        const loss = String(metrics.val_loss ?? metrics.loss);
        throw new CyxwizError("TRAINING_DIVERGED", { epoch: epoch + 1, batch: batches, loss });
      }
      yield {
        type: "epoch",
        epoch: epoch + 1,
        epochs,
        metrics,
        state: {
          epoch: epoch + 1,
          step,
          seed: spec.training.seed,
          weights: named(weightNames, weights),
          optimizer: named(slotNames, model.readSlots()),
        },
        elapsedMs: nowMs() - startedMs,
      };
      throwIfAborted(signal);
    }
    metrics ??= evaluateSplit(model, spec, dataset.test ?? dataset.train);
    yield { type: "done", weights: named(weightNames, model.readWeights()), metrics, elapsedMs: nowMs() - startedMs };
  } finally {
    model.dispose();
  }
}

function combine(train: Evaluation, test: Evaluation | undefined): EpochMetrics {
  if (test === undefined) return train;
  return {
    ...train,
    val_loss: test.loss,
    ...(test.accuracy === undefined ? {} : { val_accuracy: test.accuracy }),
  };
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CyxwizError("ABORTED", { what: "Training" }, { cause: signal.reason });
}

/** Lets the event loop run once. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
