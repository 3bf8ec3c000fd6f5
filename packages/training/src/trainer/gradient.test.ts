import { expect, test } from "vitest";
import { type CompiledModel, compileModel } from "../backend/compile-model.ts";
import { inferShapes, size } from "../spec/infer-shapes.ts";
import { parseTrainingSpec } from "../spec/parse-spec.ts";
import type { TrainingSpec } from "../spec/types.ts";
import { Philox } from "./philox.ts";
import { initialState } from "./state.ts";

const dense = (units: number, activation = "linear") => ({ class_name: "Dense", config: { units, activation } });
const flatten = { class_name: "Flatten" };
const conv = (config: object) => ({ class_name: "Conv2D", config: { filters: 3, kernel_size: 3, ...config } });
const layer = (class_name: string, config = {}) => ({ class_name, config });

const image = [6, 5, 2];
const CASES: Record<string, readonly [readonly number[], readonly object[], string?]> = {
  "Dense, softmax cross-entropy": [[5], [dense(4, "softmax")]],
  "Dense, logits": [[5], [dense(4)]],
  "Dense, mean squared error": [[5], [dense(7, "tanh"), dense(3)], "mean_squared_error"],
  "softmax inside the model": [[5], [dense(6, "softmax"), dense(3)], "mean_squared_error"],
  Rescaling: [[5], [layer("Rescaling", { scale: 0.5, offset: 0.2 }), dense(3)]],
  "Conv2D same": [image, [conv({ padding: "same" }), flatten, dense(3)]],
  "Conv2D valid, even kernel": [image, [conv({ kernel_size: [2, 4] }), flatten, dense(3)]],
  "Conv2D same, even kernel, twice": [
    image,
    [conv({ padding: "same", kernel_size: [4, 2] }), conv({ padding: "same", use_bias: false }), flatten, dense(3)],
  ],
  "MaxPooling2D with a remainder": [image, [conv({ padding: "same" }), layer("MaxPooling2D"), flatten, dense(3)]],
  Dropout: [[5], [dense(8), layer("Dropout", { rate: 0.5 }), dense(3)]],
  relu: [[5], [dense(8, "relu"), dense(3)]],
  leaky_relu: [[5], [dense(8), layer("LeakyReLU", { negative_slope: 0.2 }), dense(3)]],
  elu: [[5], [dense(8), layer("ELU", { alpha: 0.7 }), dense(3)]],
  silu: [[5], [dense(8, "silu"), dense(3)]],
  gelu: [[5], [dense(8, "gelu"), dense(3)]],
  sigmoid: [[5], [dense(8, "sigmoid"), dense(3)]],
  tanh: [[5], [dense(8, "tanh"), dense(3)]],
};
const BATCH = 6;

// Along a random direction through each weight tensor, the slope measured by finite differences must be the one
// that the gradient gives. The gradient is read from one SGD step with learning rate 1.
test.each(Object.entries(CASES))("gradient of %s agrees with finite differences", async (_, [input, layers, loss]) => {
  const spec = parseTrainingSpec({
    model: {
      class_name: "Sequential",
      config: { layers: [{ class_name: "InputLayer", config: { shape: input } }, ...layers] },
    },
    training: {
      optimizer: { class_name: "SGD", config: { learning_rate: 1 } },
      loss: loss ?? "categorical_crossentropy",
      batch_size: BATCH,
    },
  });
  const shapes = inferShapes(spec.model);
  const random = new Philox(3, 99, 0);
  const draw = (count: number) => Float32Array.from({ length: count }, () => 2 * random.uniform() - 1);
  const outputs = shapes.output[0] as number;
  const targets = new Float32Array(BATCH * outputs);
  if (loss) targets.set(draw(targets.length));
  else for (let row = 0; row < BATCH; row++) targets[row * outputs + (row % outputs)] = 1;
  const batch = {
    features: draw(BATCH * size(shapes.input)),
    targets,
    // The last row is padding: it must not count.
    sampleWeights: new Float32Array(BATCH).fill(1 / (BATCH - 1), 0, BATCH - 1),
  };
  const masks = shapes.layers
    .filter((entry) => entry.layer.class_name === "Dropout")
    .map(({ output }) => Float32Array.from({ length: BATCH * size(output) }, (_, at) => (at % 3 === 0 ? 0 : 2)));
  const weights = [...initialState(spec).weights.values()].map(({ data }) =>
    // Biases begin at zero, where several kinks lie.
    data.map((value) => value + 0.1 * (random.uniform() - 0.5)),
  );
  const lossAt = (changed: readonly Float32Array[]) =>
    withModel(spec, changed, (model) => model.trainStep(batch, 1, masks).loss);
  const after = await withModel(spec, weights, (model) => {
    model.trainStep(batch, 1, masks);
    return model.readWeights();
  });
  for (const [index, weight] of weights.entries()) {
    const gradient = weight.map((value, at) => value - (after[index]?.[at] as number));
    const direction = draw(weight.length);
    const step = 4e-3 / Math.sqrt(weight.length);
    const moved = (sign: number) =>
      weights.map((other, at) =>
        at === index ? other.map((v, i) => v + sign * step * (direction[i] as number)) : other,
      );
    const measured = ((await lossAt(moved(1))) - (await lossAt(moved(-1)))) / (2 * step);
    const expected = gradient.reduce((sum, value, at) => sum + value * (direction[at] as number), 0);
    const scale = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0)) + 0.05;
    expect(
      Math.abs(measured - expected) / scale,
      `${shapes.weights[index]?.name}: ${measured} ${expected}`,
    ).toBeLessThan(0.02);
  }
});

async function withModel<T>(
  spec: TrainingSpec,
  weights: readonly Float32Array[],
  use: (model: CompiledModel) => T,
): Promise<T> {
  const model = await compileModel(spec, weights, []);
  try {
    return use(model);
  } finally {
    model.dispose();
  }
}
