import { expect, test } from "vitest";
import { openDataset, packDataset } from "../data/dataset.ts";
import { parseTrainingSpec } from "../spec/parse-spec.ts";
import { train } from "./train.ts";

const STEPS = 50;

/** Trains one weight that begins at 1 by loss (w·x)², whose gradient is known exactly, and gives it after each step. */
async function follow(class_name: string, config: object): Promise<readonly number[]> {
  const spec = parseTrainingSpec({
    model: {
      class_name: "Sequential",
      config: {
        layers: [
          { class_name: "InputLayer", config: { shape: [1] } },
          { class_name: "Dense", config: { units: 1, use_bias: false, kernel_initializer: "ones" } },
        ],
      },
    },
    training: { optimizer: { class_name, config }, loss: "mean_squared_error", batch_size: 1, epochs: STEPS },
  });
  const features = { dtype: "F32", shape: [1, 1], data: Float32Array.of(1.5) } as const;
  const labels = { dtype: "F32", shape: [1], data: Float32Array.of(0) } as const;
  const dataset = openDataset(packDataset({ train: { features, labels } }));
  const found: number[] = [];
  for await (const event of train({ spec, dataset })) {
    if (event.type === "epoch") found.push(event.state.weights.get("dense/kernel")?.data[0] as number);
  }
  return found;
}

/** The same in float64, by one step's formula. */
function reference(step: (w: number, gradient: number, step: number) => number): readonly number[] {
  let w = 1;
  return Array.from({ length: STEPS }, (_, index) => {
    w = step(w, 2 * w * 1.5 * 1.5, index + 1);
    return w;
  });
}

function adam(decay: (step: number) => number, rate: (step: number) => number) {
  let [m, v] = [0, 0];
  return reference((w, gradient, step) => {
    m = 0.9 * m + 0.1 * gradient;
    v = 0.999 * v + 0.001 * gradient * gradient;
    const corrected = (rate(step) * Math.sqrt(1 - 0.999 ** step)) / (1 - 0.9 ** step);
    return w * (1 - decay(step)) - (corrected * m) / (Math.sqrt(v) + 1e-7);
  });
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(STEPS);
  for (const [index, value] of expected.entries()) {
    expect(Math.abs((found[index] as number) - value), `step ${index + 1}`).toBeLessThan(2e-6);
  }
}

test("Adam follows a float64 reference for 50 steps", async () => {
  const constant = adam(
    () => 0,
    () => 0.01,
  );
  expectClose(await follow("Adam", { learning_rate: 0.01 }), constant);
});

test("AdamW with a schedule does, and its weights shrink by the rate of their step", async () => {
  const learning_rate = {
    class_name: "ExponentialDecay",
    config: { initial_learning_rate: 0.02, decay_steps: 10, decay_rate: 0.5 },
  };
  const rate = (step: number) => 0.02 * 0.5 ** ((step - 1) / 10);
  expectClose(
    await follow("AdamW", { learning_rate, weight_decay: 0.3 }),
    adam((step) => rate(step) * 0.3, rate),
  );
});

test("RMSprop does", async () => {
  let v = 0;
  const expected = reference((w, gradient) => {
    v = 0.8 * v + 0.2 * gradient * gradient;
    return w - (0.01 * gradient) / Math.sqrt(v + 1e-7);
  });
  expectClose(await follow("RMSprop", { learning_rate: 0.01, rho: 0.8 }), expected);
});
