import type { LearningRate } from "../spec/types.ts";
import { cosPi, power } from "./exact-math.ts";

/** The learning rate of a step (from 0), in Keras' formulas; the same bits on every engine. */
export function learningRate(rate: LearningRate, step: number): number {
  if (typeof rate === "number") return rate;
  switch (rate.class_name) {
    case "ExponentialDecay": {
      const { initial_learning_rate, decay_rate, decay_steps, staircase } = rate.config;
      const exponent = step / decay_steps;
      return initial_learning_rate * power(decay_rate, staircase ? Math.floor(exponent) : exponent);
    }
    case "PiecewiseConstantDecay": {
      const { boundaries, values } = rate.config;
      const passed = boundaries.filter((boundary) => step > boundary).length;
      return values[passed] as number;
    }
    case "CosineDecay": {
      const { initial_learning_rate, decay_steps, alpha } = rate.config;
      const share = 0.5 * (1 + cosPi(Math.min(1, step / decay_steps)));
      return initial_learning_rate * ((1 - alpha) * share + alpha);
    }
    case "LinearWarmup": {
      const { warmup_steps, learning_rate } = rate.config;
      if (step >= warmup_steps) return learningRate(learning_rate, step - warmup_steps);
      return (learningRate(learning_rate, 0) * (step + 1)) / warmup_steps;
    }
  }
}
