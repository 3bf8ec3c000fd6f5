import { CyxwizError } from "@cyxwiz/errors";
import { inferShapes } from "../spec/infer-shapes.ts";
import { SPEC_LIMITS } from "../spec/limits.ts";
import { optimizerSlots } from "../spec/optimizer-slots.ts";
import type { TrainingSpec } from "../spec/types.ts";
import { batchCount } from "./batches.ts";
import { checkChange, type ParameterChange } from "./parameters.ts";
import type { TrainingState, Weights } from "./state.ts";

/**
 * Checks that a state belongs to a spec: same tensors, same shapes, same seed, steps that fit the epochs.
 *
 * @param samples that are trained on.
 * @throws CyxwizError `DATA_INVALID`
 */
export function checkState(state: TrainingState, spec: TrainingSpec, samples: number): void {
  const fail = (problem: string): never => {
    throw new CyxwizError("DATA_INVALID", { source: "training state", problem });
  };
  const { weights } = inferShapes(spec.model);
  const slots = optimizerSlots(spec.training.optimizer);
  const expected = (names: readonly string[], shape: readonly number[], from: Weights) => {
    for (const name of names) {
      const found = from.get(name)?.shape;
      if (String(found) !== String(shape))
        fail(`tensor "${name}" has shape [${found ?? "none"}], expected [${shape}].`);
    }
  };
  for (const { name, shape, trainable } of weights) {
    expected([name], shape, state.weights);
    if (!trainable) continue;
    expected(
      slots.map((slot) => `${slot}/${name}`),
      shape,
      state.optimizer,
    );
  }
  const learning = weights.filter(({ trainable }) => trainable).length;
  const extra = state.weights.size - weights.length + (state.optimizer.size - learning * slots.length);
  if (extra > 0) fail(`it has ${extra} tensors that the model does not.`);
  const { early_stopping: stopping } = spec.training;
  if (state.best === undefined ? stopping && state.epoch > 0 : !stopping) {
    fail(
      `it ${state.best ? "has" : "lacks"} a best epoch, but early stopping ${state.best ? "is not" : "is"} asked for.`,
    );
  }
  if (state.best) {
    const { epoch, weights: own } = state.best;
    if (epoch < 1 || epoch > state.epoch) fail(`its best epoch is ${epoch}, but it stands after ${state.epoch}.`);
    if ((own !== undefined) !== stopping?.restore_best_weights) fail("its best weights are not what the job asks for.");
    if (own) for (const { name, shape } of weights) expected([name], shape, own);
    if (own && own.size > weights.length) fail(`its best weights have tensors that the model does not.`);
  }
  if (state.seed !== spec.training.seed) fail(`its seed is ${state.seed}, the job's ${spec.training.seed}.`);
  if (state.epoch > spec.training.epochs) fail(`it stands after epoch ${state.epoch} of ${spec.training.epochs}.`);
  checkSteps(state, spec, samples, fail);
}

function checkSteps(
  { epoch, step, parameters }: TrainingState,
  spec: TrainingSpec,
  samples: number,
  fail: (problem: string) => never,
): void {
  if (epoch === 0 && parameters) fail("it has changed parameters, but stands before the first epoch.");
  if (parameters?.learningRate !== undefined)
    checkOwn(spec, { firstEpoch: 1, learningRate: parameters.learningRate }, fail);
  const { batchSize: since = { value: spec.training.batch_size, epoch: 0, step: 0 } } = parameters ?? {};
  if (parameters?.batchSize) checkOwn(spec, { firstEpoch: 1, batchSize: since.value }, fail);
  const fewest = since.epoch * batchCount(samples, SPEC_LIMITS.batchSize);
  if (since.epoch > Math.max(0, epoch - 1) || since.step < fewest || since.step > since.epoch * samples) {
    fail(`its batch size cannot hold since epoch ${since.epoch} and step ${since.step}.`);
  }
  const perEpoch = batchCount(samples, since.value);
  if (step !== since.step + (epoch - since.epoch) * perEpoch) {
    const before = since.epoch > 0 ? `, ${since.step} after ${since.epoch} epochs` : "";
    fail(`it has ${step} steps after ${epoch} epochs of ${perEpoch} steps${before}.`);
  }
}

/** Refuses parameters that no change could have brought. */
function checkOwn(spec: TrainingSpec, change: ParameterChange, fail: (problem: string) => never): void {
  try {
    checkChange(spec, change);
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
}
