import { isCyxwizError } from "@cyxwiz/errors";
import { encodeParameterOrder } from "@cyxwiz/proof";
import type { TrainingSpec } from "../spec/types.ts";
import { checkChange, type ParameterChange } from "./parameters.ts";

/** The parameters of an order, by the names of the training spec: `learning_rate`, `batch_size`. */
export type OrderedParameters = Readonly<Record<string, number>>;

/** Why an order changes nothing. */
export type OrderProblem =
  | { readonly kind: "unknown"; readonly names: readonly string[] }
  | { readonly kind: "impossible"; readonly reason: string }
  | { readonly kind: "unsigned" };

/** What the parameters of an order change; names that no order can have are left out. */
export function changeOf({ learning_rate: learningRate, batch_size: batchSize }: OrderedParameters) {
  return {
    ...(learningRate !== undefined && { learningRate }),
    ...(batchSize !== undefined && { batchSize }),
  };
}

/**
 * Judges an order to change a job's parameters: it names what can be changed, to what a spec could have, and is the
 * payer's; without a signature it may change the learning rate alone, which does not change the work.
 *
 * @param options.jobId the UUID's 16 bytes
 * @param options.isPayers whether the payer's wallet has signed these bytes so
 */
export async function judgeOrder(
  spec: TrainingSpec,
  order: { readonly firstEpoch: number; readonly parameters: OrderedParameters; readonly signature: Uint8Array },
  options: {
    readonly jobId: Uint8Array;
    readonly isPayers: (signed: Uint8Array, signature: Uint8Array) => Promise<boolean>;
  },
): Promise<{ readonly change: ParameterChange } | { readonly problem: OrderProblem }> {
  const { firstEpoch, parameters, signature } = order;
  const { learning_rate: _, batch_size: batchSize, ...unknown } = parameters;
  const names = Object.keys(unknown);
  if (names.length > 0) return { problem: { kind: "unknown", names } };
  const change = { firstEpoch, ...changeOf(parameters) };
  try {
    checkChange(spec, change);
  } catch (error) {
    if (isCyxwizError(error)) return { problem: { kind: "impossible", reason: error.message } };
    throw error;
  }
  if (signature.length === 0 && batchSize === undefined) return { change };
  const signed = encodeParameterOrder({ jobId: options.jobId, firstEpoch, parameters });
  return (await options.isPayers(signed, signature)) ? { change } : { problem: { kind: "unsigned" } };
}
