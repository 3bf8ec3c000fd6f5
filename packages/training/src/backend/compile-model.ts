import { inferShapes, type LayerShape, type WeightShape } from "../spec/infer-shapes.ts";
import type { TrainingSpec } from "../spec/types.ts";
import { applyLayer, type Pass } from "./layers.ts";
import { type JaxArray, loadJax } from "./load-jax.ts";
import { perSampleLoss } from "./loss.ts";
import { updateWeights } from "./optimizer.ts";
import { fromBackendLayout, toBackendLayout } from "./weight-layout.ts";

/** One batch of fixed size, on the host. Rows beyond the data are padding and weigh 0. */
export interface Batch {
  /** `[batch, …input]` */
  readonly features: Float32Array<ArrayBuffer>;
  /** `[batch, …output]`: targets, or class numbers as one-hot rows. */
  readonly targets: Float32Array<ArrayBuffer>;
  /** `[batch]`: what each sample counts in the loss: its class's weight / (samples that count), or 0 for padding. */
  readonly sampleWeights: Float32Array<ArrayBuffer>;
  /** `[batch]`: 1 / (samples that count), or 0 for padding. */
  readonly rowShares: Float32Array<ArrayBuffer>;
}

export interface BatchResult {
  /** Mean over the samples that count. */
  readonly loss: number;
  /** `[batch, …output]`: logits where the loss takes logits. */
  readonly outputs: Float32Array;
}

/** A model with its state inside the array library; nothing of that library shows. */
export interface CompiledModel {
  /**
   * One optimiser step.
   * @param rates of the step (see `StepSize`).
   * @param masks one for each Dropout layer, `[batch, …shape]`.
   */
  trainStep(batch: Batch, rates: readonly number[], masks: readonly Float32Array<ArrayBuffer>[]): BatchResult;
  evaluate(batch: Batch): BatchResult;
  /** Copies of all weights, in the order of `inferShapes(model).weights`. */
  readWeights(): Float32Array<ArrayBuffer>[];
  /** Copies of the optimiser's tensors: slot by slot, each in the order of the trainable weights. */
  readSlots(): Float32Array<ArrayBuffer>[];
  /** Frees all memory held. */
  dispose(): void;
}

/** Builds a model and puts the given weights and optimiser tensors into it. */
export async function compileModel(
  spec: TrainingSpec,
  initialWeights: readonly Float32Array<ArrayBufferLike>[],
  initialSlots: readonly Float32Array<ArrayBufferLike>[],
): Promise<CompiledModel> {
  const jax = await loadJax();
  const { numpy: np } = jax;
  const shapes = inferShapes(spec.model);
  const { batch_size: batch, loss } = spec.training;
  const lastLayer = shapes.layers.findLast(({ layer }) => layer.class_name !== "Flatten");
  const takesLogits = loss !== "mean_squared_error";
  const trainable = shapes.weights.filter((weight) => weight.trainable);
  const running = shapes.weights.filter((weight) => !weight.trainable);

  /** What a pass is given, and what comes out of it beside the loss. All references pass to {@link forward}. */
  interface Inputs {
    readonly statistics: readonly JaxArray[];
    readonly masks: readonly JaxArray[];
    readonly x: JaxArray;
    readonly targets: JaxArray;
    readonly sampleWeights: JaxArray;
    /** In training, where the model has running statistics. */
    readonly rowShares?: JaxArray | undefined;
  }

  /** The loss, the model's outputs, and the new running statistics: of a training pass only. */
  const forward = (weights: readonly JaxArray[], inputs: Inputs): [JaxArray, [JaxArray, JaxArray[]]] => {
    const byName = new Map<string, JaxArray>();
    trainable.forEach(({ name }, index) => void byName.set(name, weights[index] as JaxArray));
    running.forEach(({ name }, index) => void byName.set(name, inputs.statistics[index] as JaxArray));
    const found = new Map<string, JaxArray>();
    let masksUsed = 0;
    const pass: Pass = {
      jax,
      batch,
      weightsOf: (shape: LayerShape) => shape.weights.map(({ name }) => byName.get(name) as JaxArray),
      nextMask: () => inputs.masks[masksUsed++],
      rowShares: inputs.rowShares,
      setStatistics: (shape, values) => {
        const own = shape.weights.filter((weight) => !weight.trainable);
        own.forEach(({ name }, index) => void found.set(name, values[index] as JaxArray));
      },
    };
    let y = inputs.x;
    for (const shape of shapes.layers) y = applyLayer(pass, shape, y, takesLogits && shape === lastLayer);
    inputs.rowShares?.dispose();
    const perSample = perSampleLoss(jax, loss, y.ref, inputs.targets);
    const statistics = inputs.rowShares ? running.map(({ name }) => found.get(name) as JaxArray) : [];
    return [np.sum(perSample.mul(inputs.sampleWeights)), [y, statistics]];
  };

  const step = jax.jit(
    (
      weights: JaxArray[],
      slots: JaxArray[],
      statistics: JaxArray[],
      masks: JaxArray[],
      x: JaxArray,
      targets: JaxArray,
      sampleWeights: JaxArray,
      rowShares: JaxArray[],
      rates: JaxArray[],
    ) => {
      const inputs = { statistics, masks, x, targets, sampleWeights, rowShares: rowShares[0] };
      const [[value, [y, newStatistics]], gradients] = jax.valueAndGrad((inner: JaxArray[]) => forward(inner, inputs), {
        hasAux: true,
      })(weights.map((weight) => weight.ref)) as unknown as [[JaxArray, [JaxArray, JaxArray[]]], JaxArray[]];
      const scalars = rates as [JaxArray, JaxArray?];
      const updated = updateWeights(jax, spec.training.optimizer, weights, gradients, slots, scalars);
      type Result = [JaxArray, JaxArray, JaxArray[], JaxArray[], JaxArray[]];
      return [value, y, updated.weights, updated.slots, newStatistics] as Result;
    },
  );

  const evaluation = jax.jit(
    (weights: JaxArray[], statistics: JaxArray[], x: JaxArray, targets: JaxArray, sampleWeights: JaxArray) => {
      const [value, [y]] = forward(weights, { statistics, masks: [], x, targets, sampleWeights });
      return [value, y] as [JaxArray, JaxArray];
    },
  );

  const put = (data: Float32Array<ArrayBufferLike>, shape: readonly number[]): JaxArray =>
    np.array(data as Float32Array<ArrayBuffer>, { shape: [...shape] });
  const putWeight = (data: Float32Array<ArrayBufferLike>, weight: WeightShape) => {
    const layout = toBackendLayout(data, weight);
    return put(layout.data, layout.shape);
  };
  const read = (array: JaxArray, weight: WeightShape) =>
    fromBackendLayout(array.ref.dataSync() as Float32Array<ArrayBuffer>, weight);
  const ofSlot = (index: number) => trainable[index % trainable.length] as WeightShape;
  const maskShapes = shapes.everyLayer
    .filter(({ layer }) => layer.class_name === "Dropout")
    .map(({ output }) => [batch, ...output]);
  const placeOf = new Map(shapes.weights.map(({ name }, index) => [name, index]));
  const take = (weight: WeightShape) =>
    putWeight(initialWeights[placeOf.get(weight.name) as number] as Float32Array, weight);
  let weights = trainable.map(take);
  let statistics = running.map(take);
  let slots = initialSlots.map((data, index) => putWeight(data, ofSlot(index)));

  const putBatch = ({ features, targets, sampleWeights }: Batch) =>
    [
      put(features, [batch, ...shapes.input]),
      put(targets, [batch, ...shapes.output]),
      put(sampleWeights, [batch]),
    ] as const;
  const borrowed = (arrays: readonly JaxArray[]) => arrays.map((array) => array.ref);

  return {
    trainStep(input, rates, masks) {
      const [value, y, newWeights, newSlots, newStatistics] = step(
        weights,
        slots,
        statistics,
        masks.map((mask, index) => put(mask, maskShapes[index] as number[])),
        ...putBatch(input),
        running.length > 0 ? [put(input.rowShares, [batch])] : [],
        rates.map((rate) => put(Float32Array.of(rate), [])),
      );
      weights = newWeights;
      slots = newSlots;
      statistics = newStatistics;
      return { loss: value.item(), outputs: y.dataSync() as Float32Array };
    },
    evaluate(input) {
      const [value, y] = evaluation(borrowed(weights), borrowed(statistics), ...putBatch(input));
      return { loss: value.item(), outputs: y.dataSync() as Float32Array };
    },
    readWeights() {
      const copies = new Map<string, Float32Array<ArrayBuffer>>();
      trainable.forEach((weight, index) => void copies.set(weight.name, read(weights[index] as JaxArray, weight)));
      running.forEach((weight, index) => void copies.set(weight.name, read(statistics[index] as JaxArray, weight)));
      return shapes.weights.map(({ name }) => copies.get(name) as Float32Array<ArrayBuffer>);
    },
    readSlots: () => slots.map((slot, index) => read(slot, ofSlot(index))),
    dispose() {
      for (const array of [...weights, ...slots, ...statistics]) array.dispose();
      weights = [];
      slots = [];
      statistics = [];
      step.dispose();
      evaluation.dispose();
    },
  };
}
