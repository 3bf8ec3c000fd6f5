import { CyxwizError } from "@cyxwiz/errors";
import type { TrainingDType } from "@cyxwiz/training";

/** Samples as nodes get them that don't ask for the container's own elements: little-endian float32. */
export function toFloat32(dtype: TrainingDType, bytes: Uint8Array): Uint8Array {
  return dtype === "U8" ? bytesOf(Float32Array.from(bytes)) : bytes;
}

/** Labels for those nodes: little-endian int32. Throws INVALID_FIELD for labels that are no whole numbers. */
export function toInt32(dtype: TrainingDType, bytes: Uint8Array): Uint8Array {
  if (dtype === "I32") return bytes;
  const problem = "the labels are float32; ask for raw samples";
  throw new CyxwizError("INVALID_FIELD", { field: "raw", problem });
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
