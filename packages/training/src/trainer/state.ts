import { CyxwizError } from "@cyxwiz/errors";
import { decodeSafetensors, encodeSafetensors } from "../data/safetensors.ts";
import type { Tensor, TensorOf } from "../data/tensor.ts";
import { inferShapes, size } from "../spec/infer-shapes.ts";
import { optimizerSlots } from "../spec/optimizer-slots.ts";
import type { TrainingSpec } from "../spec/types.ts";
import type { BestEpoch } from "./early-stop.ts";
import { initialWeight } from "./initial-weights.ts";
import type { ParametersInForce } from "./parameters.ts";

/** Float32 tensors by Keras-style name, e.g. `dense/kernel`. */
export type Weights = ReadonlyMap<string, TensorOf<"F32">>;

/**
 * All that training needs to go on from the end of an epoch, bit for bit. Random numbers come from counters
 * (see `Philox`), so the seed with `epoch` and `step` is the whole random state.
 */
export interface TrainingState {
  /** Epochs done. */
  readonly epoch: number;
  /** Optimiser steps done. */
  readonly step: number;
  readonly seed: number;
  readonly weights: Weights;
  /** The optimiser's tensors as `<slot>/<weight>`, e.g. `m/dense/kernel`. */
  readonly optimizer: Weights;
  /** The best epoch so far, where early stopping watches. */
  readonly best?: BestEpoch;
  /** What the last epoch was trained with other than the spec says; absent where nothing was changed. */
  readonly parameters?: ParametersInForce;
}

const FORMAT = "cyxwiz.training-state.v1";
const GENERATOR = "philox4x32-10";

/** The state before the first step: weights drawn from the seed, the optimiser's tensors zero. */
export function initialState(spec: TrainingSpec): TrainingState {
  const weights = new Map<string, TensorOf<"F32">>();
  const optimizer = new Map<string, TensorOf<"F32">>();
  const { seed } = spec.training;
  const shapes = inferShapes(spec.model).weights;
  for (const weight of shapes) {
    const data = initialWeight(weight, seed, weights.size);
    weights.set(weight.name, { dtype: "F32", shape: weight.shape, data });
  }
  for (const slot of optimizerSlots(spec.training.optimizer)) {
    for (const { name, shape, trainable } of shapes) {
      if (!trainable) continue;
      optimizer.set(`${slot}/${name}`, { dtype: "F32", shape, data: new Float32Array(size(shape)) });
    }
  }
  return { epoch: 0, step: 0, seed, weights, optimizer };
}

/**
 * The canonical bytes of a state: safetensors with `model/…`, `optimizer/…` and, where early stopping is to restore them,
 * `best/…`, and the counters and changed parameters as metadata.
 */
export function encodeState(state: TrainingState): Uint8Array<ArrayBuffer> {
  const { learningRate, batchSize } = state.parameters ?? {};
  const tensors = new Map<string, Tensor>();
  for (const [name, tensor] of state.weights) tensors.set(`model/${name}`, tensor);
  for (const [name, tensor] of state.optimizer) tensors.set(`optimizer/${name}`, tensor);
  for (const [name, tensor] of state.best?.weights ?? []) tensors.set(`best/${name}`, tensor);
  return encodeSafetensors(tensors, {
    format: FORMAT,
    generator: GENERATOR,
    epoch: String(state.epoch),
    step: String(state.step),
    seed: String(state.seed),
    ...(state.best && { best_epoch: String(state.best.epoch), best_value: String(state.best.value) }),
    ...(learningRate !== undefined && { learning_rate: String(learningRate) }),
    ...(batchSize && {
      batch_size: String(batchSize.value),
      batch_size_epoch: String(batchSize.epoch),
      batch_size_step: String(batchSize.step),
    }),
  });
}

/** Reads what {@link encodeState} wrote. Throws `DATA_INVALID`. */
export function decodeState(bytes: Uint8Array): TrainingState {
  const source = "training state";
  const { tensors, metadata } = decodeSafetensors(bytes, source);
  const fail = (problem: string): never => {
    throw new CyxwizError("DATA_INVALID", { source, problem });
  };
  if (metadata.format !== FORMAT) fail(`its format is ${metadata.format ?? "not given"}, expected ${FORMAT}.`);
  if (metadata.generator !== GENERATOR) fail(`its random generator is ${metadata.generator}, expected ${GENERATOR}.`);
  const count = (key: string): number => {
    const value = metadata[key] ?? "";
    return /^\d{1,16}$/.test(value) && Number.isSafeInteger(Number(value))
      ? Number(value)
      : fail(`${key} is ${JSON.stringify(value)}, expected a whole number.`);
  };
  const weights = new Map<string, TensorOf<"F32">>();
  const optimizer = new Map<string, TensorOf<"F32">>();
  const best = new Map<string, TensorOf<"F32">>();
  for (const [name, tensor] of tensors) {
    if (tensor.dtype !== "F32") return fail(`tensor "${name}" is ${tensor.dtype}, expected F32.`);
    if (name.startsWith("model/")) weights.set(name.slice("model/".length), tensor);
    else if (name.startsWith("optimizer/")) optimizer.set(name.slice("optimizer/".length), tensor);
    else if (name.startsWith("best/")) best.set(name.slice("best/".length), tensor);
    else fail(`unknown tensor "${name}".`);
  }
  const number = (key: string): number => {
    const value = Number(metadata[key] || "none");
    return Number.isFinite(value) ? value : fail(`${key} is ${metadata[key]}, expected a number.`);
  };
  const learningRate = metadata.learning_rate === undefined ? undefined : number("learning_rate");
  const batchSize =
    metadata.batch_size === undefined
      ? undefined
      : { value: count("batch_size"), epoch: count("batch_size_epoch"), step: count("batch_size_step") };
  const parameters = { ...(learningRate !== undefined && { learningRate }), ...(batchSize && { batchSize }) };
  const state = {
    epoch: count("epoch"),
    step: count("step"),
    seed: count("seed"),
    weights,
    optimizer,
    ...(Object.keys(parameters).length > 0 && { parameters }),
  };
  if (metadata.best_epoch === undefined) return best.size > 0 ? fail("its best weights are of no epoch.") : state;
  const value = number("best_value");
  return { ...state, best: { epoch: count("best_epoch"), value, ...(best.size > 0 && { weights: best }) } };
}

/** The trained weights as a safetensors file that Python's `safetensors` reads; its SHA-256 is the result hash. */
export function encodeWeights(weights: Weights): Uint8Array<ArrayBuffer> {
  return encodeSafetensors(weights, { format: "pt" });
}
