import { define } from "../definition.ts";

/** 6000–6499: model specs. */
export const modelErrors = {
  MODEL_INVALID: define<{ path: string; problem: string }>(
    6001,
    "INVALID_ARGUMENT",
    (c) => `Model spec at ${c.path}: ${c.problem}`,
  ),
  TRAINING_DIVERGED: define<{ epoch: number; batch: number; loss: string }>(
    6002,
    "FAILED_PRECONDITION",
    (c) =>
      `Training diverged: the loss is ${c.loss} in epoch ${c.epoch}, batch ${c.batch}. Use a smaller learning rate, or scale the inputs.`,
  ),
} as const;
