import { encodeState, initialState, type TrainingSpec } from "@cyxwiz/training";

/** Beyond twice the tensors of the first state, which the best weights are part of: names and counters. */
const HEADER_BYTES = 1024 * 1024;

/** The most that any state of a job can take; what is larger is none, and not fetched. */
export function maxStateBytes(spec: TrainingSpec): number {
  return 2 * encodeState(initialState(spec)).length + HEADER_BYTES;
}
