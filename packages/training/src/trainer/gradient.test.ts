import { expect, test } from "vitest";
import { type CompiledModel, compileModel } from "../backend/compile-model.ts";
import { inferShapes } from "../spec/infer-shapes.ts";
import type { TrainingSpec } from "../spec/types.ts";
import { LAYER_CASES, layerCase } from "../testing/layer-cases.ts";

// Along a random direction through each weight tensor, the slope measured by finite differences must be the one
// that the gradient gives. The gradient is read from one SGD step with learning rate 1.
test.each(Object.entries(LAYER_CASES))("gradient of %s agrees with finite differences", async (_, which) => {
  // The last row is padding: it must not count.
  const { spec, batch, masks, weights, draw } = layerCase(which, 1);
  const shapes = inferShapes(spec.model);
  const lossAt = (changed: readonly Float32Array[]) =>
    withModel(spec, changed, (model) => model.trainStep(batch, [1], masks).loss);
  const after = await withModel(spec, weights, (model) => {
    model.trainStep(batch, [1], masks);
    return model.readWeights();
  });
  for (const [index, weight] of weights.entries()) {
    if (!shapes.weights[index]?.trainable) continue;
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
