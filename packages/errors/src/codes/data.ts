import { define } from "../definition.ts";

/** 6500–6999: data sets. */
export const dataErrors = {
  DATA_INVALID: define<{ source: string; problem: string }>(
    6501,
    "INVALID_ARGUMENT",
    (c) => `Data in ${c.source}: ${c.problem}`,
  ),
  DATA_URI_REFUSED: define<{ uri: string; problem: string }>(
    6502,
    "INVALID_ARGUMENT",
    (c) => `The data set at ${c.uri} is not fetched: ${c.problem}`,
  ),
  DATA_FETCH_FAILED: define<{ uri: string; problem: string }>(
    6503,
    "FAILED_PRECONDITION",
    (c) => `The data set at ${c.uri} could not be fetched: ${c.problem}`,
  ),
  DATA_TOO_LARGE: define<{ source: string; limitBytes: number }>(
    6504,
    "RESOURCE_EXHAUSTED",
    (c) => `The data set (${c.source}) is larger than the ${c.limitBytes} bytes that this node takes.`,
  ),
} as const;
