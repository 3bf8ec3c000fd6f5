import type { EarlyStopping, TrainingSpec } from "../spec/types.ts";
import type { EpochMetrics } from "./events.ts";
import type { Weights } from "./state.ts";

/** The epoch with the best measure so far. */
export interface BestEpoch {
  /** From 1. */
  readonly epoch: number;
  /** Of what is watched. */
  readonly value: number;
  /** Only where the result is to have the best weights. */
  readonly weights?: Weights;
}

/** Watches one measure from epoch to epoch, as Keras' EarlyStopping. What it knows is part of a run's state. */
export class EarlyStop {
  readonly #config: EarlyStopping;
  #best: BestEpoch | undefined;

  /** @param best where a resumed run stands. */
  constructor(config: EarlyStopping, best: BestEpoch | undefined) {
    this.#config = config;
    this.#best = best;
  }

  get best(): BestEpoch | undefined {
    return this.#best;
  }

  /**
   * Takes note of an epoch (from 1), and gives whether it is the best so far.
   *
   * @param keep gives weights that nobody else has; called only for those worth keeping.
   */
  note(epoch: number, metrics: EpochMetrics, keep: () => Weights): boolean {
    const { monitor, min_delta: delta, restore_best_weights: restore } = this.#config;
    const value = metrics[monitor] as number;
    const before = this.#best?.value;
    const better = before === undefined || (monitor.endsWith("loss") ? value + delta < before : value - delta > before);
    if (better) this.#best = { epoch, value, ...(restore && { weights: keep() }) };
    return better;
  }

  /** Whether the run is over after so many epochs. */
  stopsAfter(epoch: number): boolean {
    return this.#best !== undefined && epoch - this.#best.epoch >= Math.max(1, this.#config.patience);
  }
}

/**
 * The epoch after which a run that measures this, from epoch 1 on, is over: the last one agreed, or where early stopping
 * ends it. `undefined` when the run goes on after all of these.
 */
export function lastEpoch({ training }: TrainingSpec, metrics: Iterable<EpochMetrics>): number | undefined {
  const { epochs, early_stopping: stopping } = training;
  const earlyStop = stopping && new EarlyStop(stopping, undefined);
  let epoch = 0;
  for (const measured of metrics) {
    epoch++;
    earlyStop?.note(epoch, measured, () => new Map());
    if (epoch === epochs || earlyStop?.stopsAfter(epoch)) return epoch;
  }
  return undefined;
}

/** The best of a run's epochs (from 1) by what early stopping watches; `undefined` without early stopping. */
export function bestEpoch({ training }: TrainingSpec, metrics: Iterable<EpochMetrics>): number | undefined {
  const { early_stopping: stopping } = training;
  if (!stopping) return undefined;
  const earlyStop = new EarlyStop(stopping, undefined);
  let epoch = 0;
  for (const measured of metrics) earlyStop.note(++epoch, measured, () => new Map());
  return earlyStop.best?.epoch;
}
