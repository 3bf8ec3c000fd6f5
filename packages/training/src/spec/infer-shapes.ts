import { invalid } from "./fields.ts";
import { inferLayer } from "./infer-layer.ts";
import { type LayerShape, size, type WeightShape } from "./layer-shape.ts";
import { SPEC_LIMITS } from "./limits.ts";
import type { Layer, SequentialModel } from "./types.ts";

export { type LayerShape, size, type WeightShape } from "./layer-shape.ts";

export interface ModelShapes {
  readonly input: readonly number[];
  readonly output: readonly number[];
  /** The layers of the model itself; those of a Residual stand in it. */
  readonly layers: readonly LayerShape[];
  /** Every layer in order, those inside of others after it. */
  readonly everyLayer: readonly LayerShape[];
  readonly weights: readonly WeightShape[];
  readonly parameters: number;
  /** Forward pass, one sample. */
  readonly flopsPerSample: number;
  /** Steps that LSTM and GRU layers are unrolled to, all together. */
  readonly recurrentSteps: number;
}

/**
 * Follows one sample through the model.
 *
 * @throws CyxwizError `MODEL_INVALID` where a layer cannot take what comes to it, or a limit is passed.
 */
export function inferShapes(model: SequentialModel): ModelShapes {
  const [first, ...rest] = model.config.layers;
  const input = first.config.batch_shape.slice(1) as number[];
  checkSize(input, "model.config.layers[0].config.batch_shape");
  const path = "model.config.layers";
  const start = { layer: first, input, output: input, weights: [], flops: 0, held: 4 * size(input) };
  const layers = [start, ...inferLayers(rest, input, (index) => `${path}[${index + 1}]`)];
  const everyLayer = flatten(layers);
  const weights = everyLayer.flatMap((layer) => layer.weights);
  checkOrthogonal(weights, path);
  const recurrentSteps = everyLayer.reduce(
    (sum, { layer, input }) => sum + (isRecurrent(layer) ? (input[0] as number) : 0),
    0,
  );
  if (recurrentSteps > SPEC_LIMITS.recurrentSteps) {
    invalid(path, `its LSTM and GRU layers take ${recurrentSteps} steps; the limit is ${SPEC_LIMITS.recurrentSteps}.`);
  }
  return {
    input,
    output: layers.at(-1)?.output ?? input,
    layers,
    everyLayer,
    weights,
    parameters: countParameters(weights),
    flopsPerSample: layers.reduce((sum, layer) => sum + layer.flops, 0),
    recurrentSteps,
  };
}

/** Follows one sample through a list of layers. */
function inferLayers(
  list: readonly Layer[],
  input: readonly number[],
  at: (index: number) => string,
): readonly LayerShape[] {
  const layers: LayerShape[] = [];
  let shape = input;
  let parameters = 0;
  list.forEach((layer, index) => {
    const path = at(index);
    const entry = layer.class_name === "Residual" ? inferResidual(layer, shape, path) : inferLayer(layer, shape, path);
    checkSize(entry.output, path);
    parameters += countParameters(flatten([entry]).flatMap(({ weights }) => weights));
    if (parameters > SPEC_LIMITS.parameters) {
      invalid(path, `the model has more than ${SPEC_LIMITS.parameters} parameters.`);
    }
    layers.push(entry);
    shape = entry.output;
  });
  return layers;
}

function inferResidual(
  layer: Extract<Layer, { class_name: "Residual" }>,
  input: readonly number[],
  path: string,
): LayerShape {
  const layers = inferLayers(layer.config.layers, input, (index) => `${path}.config.layers[${index}]`);
  const output = layers.at(-1)?.output ?? input;
  if (String(output) !== String(input)) {
    invalid(path, `its layers make shape [${output}] of [${input}]; only the same shape can be added.`);
  }
  const flops = layers.reduce((sum, entry) => sum + entry.flops, size(output));
  return { layer, input, output, weights: [], flops, held: 2 * size(output), layers };
}

/** To draw matrices with right angles takes the cube of their size; everything else here takes far less. */
function checkOrthogonal(weights: readonly WeightShape[], path: string): void {
  let work = 0;
  for (const { name, shape, initializer } of weights) {
    if (initializer !== "orthogonal") continue;
    const columns = shape.at(-1) as number;
    const rows = size(shape) / columns;
    work += Math.min(rows, columns) * rows * columns;
    if (work <= SPEC_LIMITS.orthogonalWork) continue;
    invalid(
      path,
      `up to ${name} of shape [${shape}] it is too much work to begin orthogonal; name another initializer.`,
    );
  }
}

function flatten(layers: readonly LayerShape[]): readonly LayerShape[] {
  return layers.flatMap((entry) => [entry, ...flatten(entry.layers ?? [])]);
}

function isRecurrent({ class_name }: Layer): boolean {
  return class_name === "LSTM" || class_name === "GRU";
}

function countParameters(weights: readonly WeightShape[]): number {
  return weights.reduce((sum, { shape }) => sum + size(shape), 0);
}

function checkSize(shape: readonly number[], path: string): void {
  if (size(shape) > SPEC_LIMITS.sampleValues) {
    invalid(path, `one sample has ${size(shape)} values here; the limit is ${SPEC_LIMITS.sampleValues}.`);
  }
}
