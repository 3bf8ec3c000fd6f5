import type { TrainingState, Weights } from "./state.ts";

/** Measures of one pass over the data. `accuracy` only where the loss is a cross-entropy; `val_…` with a test set. */
export interface EpochMetrics {
  readonly loss: number;
  readonly accuracy?: number;
  readonly val_loss?: number;
  readonly val_accuracy?: number;
}

/** From time to time within an epoch (see `batchIntervalMs`), and for each epoch's last batch. */
export interface BatchEvent {
  readonly type: "batch";
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** From 1. */
  readonly batch: number;
  readonly batches: number;
  /** Optimiser steps done, over all epochs. */
  readonly step: number;
  /** Means over this epoch so far. */
  readonly loss: number;
  readonly accuracy?: number;
  readonly samplesPerSecond: number;
  /** Since this run began. */
  readonly elapsedMs: number;
  readonly estimatedRemainingMs: number;
}

/** An epoch is done, its evaluation included. */
export interface EpochEvent {
  readonly type: "epoch";
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  readonly metrics: EpochMetrics;
  /** What a run can be resumed from; its arrays belong to the receiver. */
  readonly state: TrainingState;
  readonly elapsedMs: number;
}

/** Training is done. */
export interface DoneEvent {
  readonly type: "done";
  /** Those of the last epoch, or of the best one where early stopping is to restore it. */
  readonly weights: Weights;
  /** Of the epoch that the weights are from. */
  readonly metrics: EpochMetrics;
  /** Epochs trained: fewer than `epochs` after early stopping. */
  readonly epoch: number;
  /** Epochs agreed. */
  readonly epochs: number;
  /** The epoch that the weights are from; from 1. */
  readonly weightsEpoch: number;
  readonly stoppedEarly: boolean;
  readonly elapsedMs: number;
}

/** What training tells while it runs. */
export type TrainEvent = BatchEvent | EpochEvent | DoneEvent;
