import { CyxwizError } from "@cyxwiz/errors";
import type { CompiledModel } from "../backend/compile-model.ts";
import { compileModel } from "../backend/compile-model.ts";
import { checkDataset } from "../data/check-dataset.ts";
import type { TrainingData } from "../data/training-data.ts";
import { inferShapes, size } from "../spec/infer-shapes.ts";
import type { TrainingSpec } from "../spec/types.ts";
import { BatchFiller, countCorrect, sampleOrder } from "./batches.ts";
import type { Weights } from "./state.ts";
import { type Part, partsOf } from "./validation.ts";

/** Means over all samples of a split. */
export interface Evaluation {
  readonly loss: number;
  /** Share of samples classified rightly; only where the loss is a cross-entropy. */
  readonly accuracy?: number;
}

/**
 * Evaluates trained weights on the test set, or the validation split, or the training set where there is neither.
 *
 * @throws CyxwizError `DATA_INVALID` when data or weights do not fit the model.
 */
export async function evaluate({
  spec,
  weights,
  dataset,
}: {
  readonly spec: TrainingSpec;
  readonly weights: Weights;
  readonly dataset: TrainingData;
}): Promise<Evaluation> {
  checkDataset(dataset, spec);
  const arrays = inferShapes(spec.model).weights.map(({ name }) => weights.get(name)?.data ?? missing(name));
  const model = await compileModel(spec, arrays, []);
  try {
    const { train, validation = train } = partsOf(dataset, spec);
    return evaluatePart(model, spec, validation);
  } finally {
    model.dispose();
  }
}

/** Evaluates a compiled model on some samples; weights of classes don't count here. */
export function evaluatePart(model: CompiledModel, spec: TrainingSpec, part: Part): Evaluation {
  const filler = new BatchFiller(part, spec, { weighted: false });
  const { batch_size } = spec.training;
  const order = sampleOrder(part.rows.length, { ...spec.training, shuffle: false }, 0);
  const totals = new Totals(spec);
  for (let start = 0; start < order.length; start += batch_size) {
    const { batch, count } = filler.fill(order, start);
    const result = model.evaluate(batch);
    totals.add(result.loss, result.outputs, batch.targets, count);
  }
  return totals.means();
}

/** Sums over the batches of an epoch, in float64. */
export class Totals {
  readonly #classes: number;
  /** Places of a sample that have a class of their own. */
  readonly #steps: number;
  readonly #classify: boolean;
  #loss = 0;
  #correct = 0;
  #samples = 0;

  constructor({ model, training }: TrainingSpec) {
    const { output } = inferShapes(model);
    this.#classes = output.at(-1) as number;
    this.#steps = size(output) / this.#classes;
    this.#classify = training.loss !== "mean_squared_error";
  }

  add(loss: number, outputs: Float32Array, targets: Float32Array, count: number): void {
    this.#loss += loss * count;
    this.#samples += count;
    if (this.#classify) this.#correct += countCorrect(outputs, targets, this.#classes, count * this.#steps);
  }

  means(): Evaluation {
    const loss = this.#loss / this.#samples;
    return this.#classify ? { loss, accuracy: this.#correct / (this.#samples * this.#steps) } : { loss };
  }
}

function missing(name: string): never {
  throw new CyxwizError("DATA_INVALID", { source: "weights", problem: `tensor "${name}" is missing.` });
}
