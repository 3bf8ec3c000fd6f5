import { inferShapes } from "../spec/infer-shapes.ts";
import type { TrainingSpec } from "../spec/types.ts";
import { applyLayer } from "./layers.ts";
import { type JaxArray, loadJax } from "./load-jax.ts";
import { perSampleLoss } from "./loss.ts";
import { updateWeights } from "./optimizer.ts";
import { fromBackendLayout, toBackendLayout } from "./weight-layout.ts";

/** One batch of fixed size, on the host. Rows beyond the data are padding and weigh 0. */
export interface Batch {
  /** `[batch, …input]` */
  readonly features: Float32Array<ArrayBuffer>;
  /** `[batch, outputs]`: targets, or class numbers as one-hot rows. */
  readonly targets: Float32Array<ArrayBuffer>;
  /** `[batch]`: 1 / (samples that count), or 0 for padding. */
  readonly sampleWeights: Float32Array<ArrayBuffer>;
}

export interface BatchResult {
  /** Mean over the samples that count. */
  readonly loss: number;
  /** `[batch, outputs]`: logits where the loss takes logits. */
  readonly outputs: Float32Array;
}

/** A model with its state inside the array library; nothing of that library shows. */
export interface CompiledModel {
  /**
   * One optimiser step.
   * @param learningRate already corrected for the step (see `stepSize`).
   * @param masks one for each Dropout layer, `[batch, …shape]`.
   */
  trainStep(batch: Batch, learningRate: number, masks: readonly Float32Array<ArrayBuffer>[]): BatchResult;
  evaluate(batch: Batch): BatchResult;
  /** Copies of all weights, in the order of `inferShapes(model).weights`. */
  readWeights(): Float32Array<ArrayBuffer>[];
  /** Copies of the optimiser's tensors: slot by slot, each in the order of the weights. */
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
  const outputs = shapes.output[0] as number;
  const lastLayer = shapes.layers.findLast(({ layer }) => layer.class_name !== "Flatten");
  const takesLogits = loss !== "mean_squared_error";

  /** Takes over its arguments. */
  const forward = (weights: readonly JaxArray[], x: JaxArray, masks: readonly JaxArray[]): JaxArray => {
    let at = 0;
    let maskAt = 0;
    let y = x;
    for (const shape of shapes.layers) {
      const own = weights.slice(at, at + shape.weights.length);
      at += shape.weights.length;
      const mask = shape.layer.class_name === "Dropout" ? masks[maskAt++] : undefined;
      const skipActivation = takesLogits && shape === lastLayer;
      y = applyLayer(jax, shape, y, batch, { weights: own, mask, skipActivation });
    }
    return y;
  };

  const lossAndOutputs = (
    weights: JaxArray[],
    x: JaxArray,
    masks: readonly JaxArray[],
    targets: JaxArray,
    sampleWeights: JaxArray,
  ): [JaxArray, JaxArray] => {
    const y = forward(weights, x, masks);
    const perSample = perSampleLoss(jax, loss, y.ref, targets);
    return [np.sum(perSample.mul(sampleWeights)), y];
  };

  const step = jax.jit(
    (
      weights: JaxArray[],
      slots: JaxArray[],
      masks: JaxArray[],
      x: JaxArray,
      targets: JaxArray,
      sampleWeights: JaxArray,
      learningRate: JaxArray,
    ) => {
      const [[value, y], gradients] = jax.valueAndGrad(
        (inner: JaxArray[]) => lossAndOutputs(inner, x, masks, targets, sampleWeights),
        { hasAux: true },
      )(weights.map((weight) => weight.ref)) as unknown as [[JaxArray, JaxArray], JaxArray[]];
      const updated = updateWeights(jax, spec.training.optimizer, weights, gradients, slots, learningRate);
      return [value, y, updated.weights, updated.slots] as [JaxArray, JaxArray, JaxArray[], JaxArray[]];
    },
  );

  const evaluation = jax.jit((weights: JaxArray[], x: JaxArray, targets: JaxArray, sampleWeights: JaxArray) =>
    lossAndOutputs(weights, x, [], targets, sampleWeights),
  );

  const put = (data: Float32Array<ArrayBufferLike>, shape: readonly number[]): JaxArray =>
    np.array(data as Float32Array<ArrayBuffer>, { shape: [...shape] });
  const weightShape = (index: number) => shapes.weights[index % shapes.weights.length]?.shape ?? [];
  const putWeight = (data: Float32Array<ArrayBufferLike>, index: number) => {
    const layout = toBackendLayout({ data, shape: weightShape(index) });
    return put(layout.data, layout.shape);
  };
  const maskShapes = shapes.layers
    .filter(({ layer }) => layer.class_name === "Dropout")
    .map(({ output }) => [batch, ...output]);
  let weights = initialWeights.map(putWeight);
  let slots = initialSlots.map(putWeight);

  const putBatch = ({ features, targets, sampleWeights }: Batch) =>
    [put(features, [batch, ...shapes.input]), put(targets, [batch, outputs]), put(sampleWeights, [batch])] as const;
  const read = (array: JaxArray, index: number) =>
    fromBackendLayout(array.ref.dataSync() as Float32Array<ArrayBuffer>, weightShape(index));

  return {
    trainStep(input, learningRate, masks) {
      const [value, y, newWeights, newSlots] = step(
        weights,
        slots,
        masks.map((mask, index) => put(mask, maskShapes[index] as number[])),
        ...putBatch(input),
        put(Float32Array.of(learningRate), []),
      );
      weights = newWeights;
      slots = newSlots;
      return { loss: value.item(), outputs: y.dataSync() as Float32Array };
    },
    evaluate(input) {
      const [value, y] = evaluation(
        weights.map((weight) => weight.ref),
        ...putBatch(input),
      );
      return { loss: value.item(), outputs: y.dataSync() as Float32Array };
    },
    readWeights: () => weights.map(read),
    readSlots: () => slots.map(read),
    dispose() {
      for (const array of [...weights, ...slots]) array.dispose();
      weights = [];
      slots = [];
      step.dispose();
      evaluation.dispose();
    },
  };
}
