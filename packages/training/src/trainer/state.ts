import { CyxwizError } from "@cyxwiz/errors";
import { decodeSafetensors, encodeSafetensors } from "../data/safetensors.ts";
import type { Tensor, TensorOf } from "../data/tensor.ts";
import { inferShapes, size } from "../spec/infer-shapes.ts";
import type { Layer, TrainingSpec } from "../spec/types.ts";
import { initialWeight } from "./initial-weights.ts";

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
}

const FORMAT = "cyxwiz.training-state.v1";
const GENERATOR = "philox4x32-10";

/** The optimiser's slots, one tensor per weight each, in order. */
export function optimizerSlots({ optimizer }: TrainingSpec["training"]): readonly string[] {
  if (optimizer.class_name === "Adam") return ["m", "v"];
  return optimizer.config.momentum > 0 ? ["momentum"] : [];
}

/** The state before the first step: weights drawn from the seed, the optimiser's tensors zero. */
export function initialState(spec: TrainingSpec): TrainingState {
  const weights = new Map<string, TensorOf<"F32">>();
  const optimizer = new Map<string, TensorOf<"F32">>();
  const { seed } = spec.training;
  for (const { layer, weights: shapes } of inferShapes(spec.model).layers) {
    for (const weight of shapes) {
      const data = initialWeight(weight, initializerOf(layer, weight.name), seed, weights.size);
      weights.set(weight.name, { dtype: "F32", shape: weight.shape, data });
    }
  }
  for (const slot of optimizerSlots(spec.training)) {
    for (const [name, { shape }] of weights) {
      optimizer.set(`${slot}/${name}`, { dtype: "F32", shape, data: new Float32Array(size(shape)) });
    }
  }
  return { epoch: 0, step: 0, seed, weights, optimizer };
}

/** The canonical bytes of a state: safetensors with `model/…` and `optimizer/…` and the counters as metadata. */
export function encodeState(state: TrainingState): Uint8Array<ArrayBuffer> {
  const tensors = new Map<string, Tensor>();
  for (const [name, tensor] of state.weights) tensors.set(`model/${name}`, tensor);
  for (const [name, tensor] of state.optimizer) tensors.set(`optimizer/${name}`, tensor);
  return encodeSafetensors(tensors, {
    format: FORMAT,
    generator: GENERATOR,
    epoch: String(state.epoch),
    step: String(state.step),
    seed: String(state.seed),
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
  for (const [name, tensor] of tensors) {
    if (tensor.dtype !== "F32") return fail(`tensor "${name}" is ${tensor.dtype}, expected F32.`);
    if (name.startsWith("model/")) weights.set(name.slice("model/".length), tensor);
    else if (name.startsWith("optimizer/")) optimizer.set(name.slice("optimizer/".length), tensor);
    else fail(`unknown tensor "${name}".`);
  }
  return { epoch: count("epoch"), step: count("step"), seed: count("seed"), weights, optimizer };
}

/**
 * Checks that a state belongs to a spec: same tensors, same shapes, same seed, steps that fit the epochs.
 *
 * @throws CyxwizError `DATA_INVALID`
 */
export function checkState(state: TrainingState, spec: TrainingSpec, stepsPerEpoch: number): void {
  const fail = (problem: string): never => {
    throw new CyxwizError("DATA_INVALID", { source: "training state", problem });
  };
  const { weights } = inferShapes(spec.model);
  const slots = optimizerSlots(spec.training);
  const expected = (names: readonly string[], shape: readonly number[], from: Weights) => {
    for (const name of names) {
      const found = from.get(name)?.shape;
      if (String(found) !== String(shape))
        fail(`tensor "${name}" has shape [${found ?? "none"}], expected [${shape}].`);
    }
  };
  for (const { name, shape } of weights) {
    expected([name], shape, state.weights);
    expected(
      slots.map((slot) => `${slot}/${name}`),
      shape,
      state.optimizer,
    );
  }
  const extra = state.weights.size - weights.length + (state.optimizer.size - weights.length * slots.length);
  if (extra > 0) fail(`it has ${extra} tensors that the model does not.`);
  if (state.seed !== spec.training.seed) fail(`its seed is ${state.seed}, the job's ${spec.training.seed}.`);
  if (state.epoch > spec.training.epochs) fail(`it stands after epoch ${state.epoch} of ${spec.training.epochs}.`);
  if (state.step !== state.epoch * stepsPerEpoch) {
    fail(`it has ${state.step} steps after ${state.epoch} epochs of ${stepsPerEpoch} steps.`);
  }
}

/** The trained weights as a safetensors file that Python's `safetensors` reads; its SHA-256 is the result hash. */
export function encodeWeights(weights: Weights): Uint8Array<ArrayBuffer> {
  return encodeSafetensors(weights, { format: "pt" });
}

function initializerOf(layer: Layer, weight: string) {
  if (layer.class_name !== "Dense" && layer.class_name !== "Conv2D") throw new TypeError(layer.class_name);
  return weight.endsWith("/bias") ? layer.config.bias_initializer : layer.config.kernel_initializer;
}
