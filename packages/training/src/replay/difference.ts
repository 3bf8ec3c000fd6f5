import { CyxwizError } from "@cyxwiz/errors";
import { decodeSafetensors, type SafetensorsFile } from "../data/safetensors.ts";
import type { Tensor } from "../data/tensor.ts";

/** Something of a state that is not what replay gives. Names are those of the canonical encoding. */
export type StateDifference =
  | {
      readonly kind: "values";
      /** E.g. `model/dense/kernel`, `optimizer/m/dense/kernel`. */
      readonly tensor: string;
      /** How many values differ, of how many. */
      readonly count: number;
      readonly of: number;
      /** Infinity where one of them is no number. */
      readonly maxAbsDifference: number;
      /** The first that differs, in the tensor's flat order, and its two values. */
      readonly firstIndex: number;
      readonly claimed: number;
      readonly replayed: number;
    }
  /** A tensor's shape, or one of the counters and parameters beside the tensors; `undefined` where there is none. */
  | {
      readonly kind: "shape" | "entry";
      readonly name: string;
      readonly claimed: string | undefined;
      readonly replayed: string | undefined;
    }
  /** The bytes are no state, or no canonical one. */
  | { readonly kind: "encoding"; readonly problem: string };

/** A metric that is not what replay gives; `undefined` where there is none of that name. */
export interface MetricDifference {
  readonly name: string;
  readonly claimed: number | undefined;
  readonly replayed: number | undefined;
}

/**
 * What differs between a state that was claimed and the one that replay gives, both as canonical bytes. Empty only for
 * the same bytes.
 */
export function compareStates(claimed: Uint8Array, replayed: Uint8Array): readonly StateDifference[] {
  const [theirs, ours] = [open(claimed), open(replayed)];
  if (typeof theirs === "string") return [{ kind: "encoding", problem: theirs }];
  if (typeof ours === "string") throw new CyxwizError("INTERNAL", { what: `a replayed state is none: ${ours}` });
  const entries = namesOf(theirs.metadata, ours.metadata).flatMap((name): StateDifference[] => {
    const [a, b] = [theirs.metadata[name], ours.metadata[name]];
    return a === b ? [] : [{ kind: "entry", name, claimed: a, replayed: b }];
  });
  const names = [...new Set([...theirs.tensors.keys(), ...ours.tensors.keys()])].sort();
  const tensors = names.flatMap((name) => compareTensors(name, theirs.tensors.get(name), ours.tensors.get(name)));
  const found = [...entries, ...tensors];
  const sameBytes = claimed.length === replayed.length && claimed.every((byte, index) => byte === replayed[index]);
  return found.length > 0 || sameBytes ? found : [{ kind: "encoding", problem: "the same values in another encoding" }];
}

/** Which metrics differ, in the order of their names. */
export function compareMetrics(
  claimed: Readonly<Record<string, number>>,
  replayed: Readonly<Record<string, number>>,
): readonly MetricDifference[] {
  return namesOf(claimed, replayed).flatMap((name) => {
    const pair = { name, claimed: claimed[name], replayed: replayed[name] };
    return Object.is(pair.claimed, pair.replayed) ? [] : [pair];
  });
}

function compareTensors(tensor: string, claimed: Tensor | undefined, replayed: Tensor | undefined): StateDifference[] {
  const [a, b] = [shapeOf(claimed), shapeOf(replayed)];
  if (!claimed || !replayed || a !== b) return [{ kind: "shape", name: tensor, claimed: a, replayed: b }];
  let [count, firstIndex, maxAbsDifference] = [0, -1, 0];
  for (let index = 0; index < replayed.data.length; index++) {
    const [theirs, ours] = [Number(claimed.data[index]), Number(replayed.data[index])];
    if (Object.is(theirs, ours)) continue;
    count++;
    if (firstIndex < 0) firstIndex = index;
    const distance = Math.abs(theirs - ours);
    maxAbsDifference = Math.max(maxAbsDifference, Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance);
  }
  if (count === 0) return [];
  const first = { claimed: Number(claimed.data[firstIndex]), replayed: Number(replayed.data[firstIndex]) };
  return [{ kind: "values", tensor, count, of: replayed.data.length, maxAbsDifference, firstIndex, ...first }];
}

function shapeOf(tensor: Tensor | undefined): string | undefined {
  return tensor && `${tensor.dtype} [${tensor.shape.join(", ")}]`;
}

function open(bytes: Uint8Array): SafetensorsFile | string {
  try {
    return decodeSafetensors(bytes, "training state");
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function namesOf(a: object, b: object): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
}
