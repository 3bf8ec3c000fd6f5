import { CyxwizError } from "@cyxwiz/errors";
import { checkDataset } from "../data/check-dataset.ts";
import type { TensorOf } from "../data/tensor.ts";
import type { TrainingData } from "../data/training-data.ts";
import { inferShapes } from "../spec/infer-shapes.ts";
import { optimizerSlots } from "../spec/optimizer-slots.ts";
import type { TrainingSpec } from "../spec/types.ts";
import { sampleOrder } from "./batches.ts";
import { checkState } from "./check-state.ts";
import { EarlyStop } from "./early-stop.ts";
import { type Evaluation, evaluate, evaluatePart, Totals } from "./evaluate.ts";
import type { EpochMetrics, TrainEvent } from "./events.ts";
import { changed, checkChange, type ParameterChange, specInForce } from "./parameters.ts";
import { Setup } from "./setup.ts";
import { initialState, type TrainingState, type Weights } from "./state.ts";
import { partsOf } from "./validation.ts";

/** What to train, on what, and from where to go on. */
export interface TrainOptions {
  readonly spec: TrainingSpec;
  readonly dataset: TrainingData;
  readonly signal?: AbortSignal;
  /** Go on from the end of an earlier epoch; gives the same bits as a run without the break. */
  readonly resumeFrom?: TrainingState;
  /** Asked once as each epoch begins (from 1): the changes whose first epoch it is. */
  readonly changesAt?: (epoch: number) => readonly ParameterChange[];
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
 * finite, `INVALID_FIELD` for a change that cannot be, `ABORTED` when the signal says so.
 * @example
 * for await (const event of train({ spec, dataset })) {
 *   if (event.type === "epoch") console.log(event.epoch, event.metrics.val_accuracy);
 * }
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainEvent, void, void> {
  const { spec, dataset, signal, onStep, batchIntervalMs = 100 } = options;
  const nowMs = options.nowMs ?? (() => performance.now());
  const { epochs, early_stopping: stopping } = spec.training;
  throwIfAborted(signal);
  checkDataset(dataset, spec);
  const shapes = inferShapes(spec.model);
  const { train: trainPart, validation } = partsOf(dataset, spec);
  const start = options.resumeFrom ?? initialState(spec);
  checkState(start, spec, trainPart.rows.length);

  const trainable = shapes.weights.filter((weight) => weight.trainable);
  const slots = optimizerSlots(spec.training.optimizer).flatMap((slot) =>
    trainable.map(({ name, shape }) => ({ name: `${slot}/${name}`, shape })),
  );
  let parameters = start.parameters;
  let setup = await Setup.of(
    specInForce(spec, parameters),
    trainPart,
    {
      weights: shapes.weights.map(({ name }) => (start.weights.get(name) as TensorOf<"F32">).data),
      slots: slots.map(({ name }) => (start.optimizer.get(name) as TensorOf<"F32">).data),
    },
    start.step,
  );
  try {
    options.onReady?.();
    const startedMs = nowMs();
    let step = start.step;
    let yieldedMs = startedMs;
    // The first batch is told at once: it is the sign that training runs.
    let reportedMs = Number.NEGATIVE_INFINITY;
    let samplesSeen = 0;
    const earlyStop = stopping && new EarlyStop(stopping, start.best);
    let metrics: EpochMetrics | undefined;
    let bestMetrics: EpochMetrics | undefined;
    let epoch = start.epoch;
    for (; epoch < epochs && !earlyStop?.stopsAfter(epoch); epoch++) {
      const changes = options.changesAt?.(epoch + 1) ?? [];
      if (changes.length > 0) {
        for (const change of changes) checkChange(spec, change);
        parameters = changed(parameters, changes, { epoch, step });
        setup = await setup.changed(specInForce(spec, parameters), step);
      }
      const { model, filler, masks, stepSize, batches, batchSize } = setup;
      const order = sampleOrder(trainPart.rows.length, spec.training, epoch);
      const totals = new Totals(spec);
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
          const stepsLeft = batches - batch - 1 + (epochs - epoch - 1) * batches;
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
      metrics = combine(totals.means(), validation && evaluatePart(model, setup.spec, validation));
      const weights = model.readWeights();
      // The last step's weights show in no loss of the epoch.
      const finite =
        Object.values(metrics).every(Number.isFinite) && weights.every((data) => data.every(Number.isFinite));
      if (!finite) {
        const loss = String(metrics.val_loss ?? metrics.loss);
        throw new CyxwizError("TRAINING_DIVERGED", { epoch: epoch + 1, batch: batches, loss });
      }
      // Copies: the arrays of the event belong to its receiver.
      const keep = () => copyOf(named(shapes.weights, weights));
      if (earlyStop?.note(epoch + 1, metrics, keep)) bestMetrics = metrics;
      const best = earlyStop?.best;
      yield {
        type: "epoch",
        epoch: epoch + 1,
        epochs,
        metrics,
        state: {
          epoch: epoch + 1,
          step,
          seed: spec.training.seed,
          weights: named(shapes.weights, weights),
          optimizer: named(slots, model.readSlots()),
          ...(parameters && { parameters }),
          ...(best && { best: best.weights ? { ...best, weights: copyOf(best.weights) } : best }),
        },
        elapsedMs: nowMs() - startedMs,
      };
      throwIfAborted(signal);
    }
    const best = earlyStop?.best;
    const restored = best?.weights && best.epoch < epoch ? best.weights : undefined;
    const measured = restored ? bestMetrics : metrics;
    const weights = restored ?? named(shapes.weights, setup.model.readWeights());
    yield {
      type: "done",
      weights,
      // Unknown where a run is resumed that has nothing left to do.
      metrics: measured ?? (await evaluate({ spec: setup.spec, weights, dataset })),
      epoch,
      epochs,
      weightsEpoch: restored && best ? best.epoch : epoch,
      stoppedEarly: epoch < epochs,
      elapsedMs: nowMs() - startedMs,
    };
  } finally {
    setup.model.dispose();
  }
}

/** Arrays with their names and shapes, in the same order. */
function named(
  tensors: readonly { readonly name: string; readonly shape: readonly number[] }[],
  arrays: readonly Float32Array[],
): Weights {
  return new Map(
    tensors.map(({ name, shape }, index) => [name, { dtype: "F32", shape, data: arrays[index] as Float32Array }]),
  );
}

function copyOf(weights: Weights): Weights {
  return new Map(Array.from(weights, ([name, tensor]) => [name, { ...tensor, data: tensor.data.slice() }]));
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
