import { CyxwizError } from "@cyxwiz/errors";
import type { CompiledModel } from "../backend/compile-model.ts";
import { compileModel } from "../backend/compile-model.ts";
import { checkDataset } from "../data/check-dataset.ts";
import type { Dataset, Split } from "../data/dataset.ts";
import { inferShapes } from "../spec/infer-shapes.ts";
import type { TrainingSpec } from "../spec/types.ts";
import { BatchFiller, countCorrect, sampleOrder } from "./batches.ts";
import type { Weights } from "./state.ts";

/** Means over all samples of a split. */
export interface Evaluation {
  readonly loss: number;
  /** Share of samples classified rightly; only where the loss is a cross-entropy. */
  readonly accuracy?: number;
}

/**
 * Evaluates trained weights on the test set, or the training set where there is none.
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
  readonly dataset: Dataset;
}): Promise<Evaluation> {
  checkDataset(dataset, spec);
  const arrays = inferShapes(spec.model).weights.map(({ name }) => weights.get(name)?.data ?? missing(name));
  const model = await compileModel(spec, arrays, []);
  try {
    return evaluateSplit(model, spec, dataset.test ?? dataset.train);
  } finally {
    model.dispose();
  }
}

/** Evaluates a compiled model on one split. */
export function evaluateSplit(model: CompiledModel, spec: TrainingSpec, split: Split): Evaluation {
  const filler = new BatchFiller(split, spec);
  const { batch_size, loss } = spec.training;
  const order = sampleOrder(split.samples, { ...spec.training, shuffle: false }, 0);
  const totals = new Totals(inferShapes(spec.model).output[0] as number, loss !== "mean_squared_error");
  for (let start = 0; start < split.samples; start += batch_size) {
    const { batch, count } = filler.fill(order, start);
    const result = model.evaluate(batch);
    totals.add(result.loss, result.outputs, batch.targets, count);
  }
  return totals.means();
}

/** Sums over the batches of an epoch, in float64. */
export class Totals {
  readonly #outputs: number;
  readonly #classes: boolean;
  #loss = 0;
  #correct = 0;
  #samples = 0;

  constructor(outputs: number, classes: boolean) {
    this.#outputs = outputs;
    this.#classes = classes;
  }

  add(loss: number, outputs: Float32Array, targets: Float32Array, count: number): void {
    this.#loss += loss * count;
    this.#samples += count;
    if (this.#classes) this.#correct += countCorrect(outputs, targets, this.#outputs, count);
  }

  means(): Evaluation {
    const loss = this.#loss / this.#samples;
    return this.#classes ? { loss, accuracy: this.#correct / this.#samples } : { loss };
  }
}

function missing(name: string): never {
  throw new CyxwizError("DATA_INVALID", { source: "weights", problem: `tensor "${name}" is missing.` });
}
