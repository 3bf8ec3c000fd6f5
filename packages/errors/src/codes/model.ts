import { define } from "../definition.ts";

/** 6000–6499: model specs. */
export const modelErrors = {
  MODEL_INVALID: define<{ path: string; problem: string }>(
    6001,
    "INVALID_ARGUMENT",
    (c) => `Model spec at ${c.path}: ${c.problem}`,
  ),
} as const;
