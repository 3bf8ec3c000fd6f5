import { define } from "../definition.ts";

/** 6500–6999: data sets. */
export const dataErrors = {
  DATA_INVALID: define<{ source: string; problem: string }>(
    6501,
    "INVALID_ARGUMENT",
    (c) => `Data in ${c.source}: ${c.problem}`,
  ),
} as const;
