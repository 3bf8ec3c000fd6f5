import { expect, test } from "vitest";
import type { LearningRate } from "../spec/types.ts";
import { learningRate } from "./learning-rate.ts";
import { StepSize } from "./step-size.ts";

const rates = (rate: LearningRate, steps: readonly number[]) => steps.map((step) => learningRate(rate, step));
const close = (found: readonly number[], expected: readonly number[]) => {
  for (const [index, value] of expected.entries()) expect(found[index]).toBeCloseTo(value, 12);
};

test("schedules follow Keras' formulas", () => {
  const exponential = (staircase: boolean): LearningRate => ({
    class_name: "ExponentialDecay",
    config: { initial_learning_rate: 0.5, decay_steps: 4, decay_rate: 0.1, staircase },
  });
  close(rates(exponential(false), [0, 2, 4, 10]), [0.5, 0.5 * Math.sqrt(0.1), 0.05, 0.5 * 10 ** -2.5]);
  close(rates(exponential(true), [0, 3, 4, 10]), [0.5, 0.5, 0.05, 0.005]);

  const steps: LearningRate = {
    class_name: "PiecewiseConstantDecay",
    config: { boundaries: [2, 5], values: [1, 0.5, 0.1] },
  };
  expect(rates(steps, [0, 2, 3, 5, 6, 99])).toEqual([1, 1, 0.5, 0.5, 0.1, 0.1]);

  const cosine: LearningRate = {
    class_name: "CosineDecay",
    config: { initial_learning_rate: 0.2, decay_steps: 8, alpha: 0.1 },
  };
  close(rates(cosine, [0, 4, 8, 80]), [0.2, 0.2 * (0.9 * 0.5 + 0.1), 0.02, 0.02]);
  close(rates(cosine, [2]), [0.2 * (0.9 * 0.5 * (1 + Math.SQRT1_2) + 0.1)]);

  const warm: LearningRate = { class_name: "LinearWarmup", config: { warmup_steps: 4, learning_rate: cosine } };
  close(rates(warm, [0, 1, 3, 4, 8]), [0.05, 0.1, 0.2, 0.2, 0.11]);
});

test("a resumed run goes on where the schedule stood, bias correction included", () => {
  const optimizer = {
    class_name: "AdamW",
    config: {
      learning_rate: { class_name: "LinearWarmup", config: { warmup_steps: 7, learning_rate: 0.01 } },
      beta_1: 0.9,
      beta_2: 0.999,
      epsilon: 1e-7,
      weight_decay: 0.1,
    },
  } as const;
  const whole = new StepSize(optimizer, 0);
  const all = Array.from({ length: 12 }, () => whole.next());
  const rest = new StepSize(optimizer, 5);
  expect(Array.from({ length: 7 }, () => rest.next())).toEqual(all.slice(5));
  expect(all[9]?.[1]).toBeCloseTo(0.001, 12);
});
