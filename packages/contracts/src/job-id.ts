import { CyxwizError } from "@cyxwiz/errors";

/** Lower case only, so that one id has one spelling and is safe as a file name and as a key. */
const CANONICAL_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const UUID = new RegExp(CANONICAL_UUID, "i");

/** True for a UUID in the one spelling that Central gives out (ids of jobs, nodes and tokens): lower case. */
export function isCanonicalUuid(text: string): boolean {
  return CANONICAL_UUID.test(text);
}

/**
 * A job's UUID as the 16 bytes that stand in its escrow.
 *
 * @throws INVALID_FIELD if `jobId` is no UUID, or the one of only zeros, which escrows refuse.
 */
export function jobIdToBytes(jobId: string): Uint8Array {
  if (!UUID.test(jobId)) {
    throw new CyxwizError("INVALID_FIELD", { field: "jobId", problem: `"${jobId}" is not a UUID.` });
  }
  const digits = jobId.replaceAll("-", "");
  if (/^0+$/.test(digits)) {
    throw new CyxwizError("INVALID_FIELD", { field: "jobId", problem: "it is only zeros." });
  }
  return Uint8Array.from({ length: 16 }, (_, index) => Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16));
}

/**
 * The UUID, in lower case, of the 16 bytes in an escrow or event.
 *
 * @throws INVALID_FIELD if there are not 16 bytes.
 */
export function jobIdFromBytes(bytes: ArrayLike<number>): string {
  if (bytes.length !== 16) {
    throw new CyxwizError("INVALID_FIELD", { field: "jobId", problem: `it has ${bytes.length} bytes instead of 16.` });
  }
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [8, 12, 16, 20, 32].map((end, index, ends) => digits.slice(ends[index - 1] ?? 0, end)).join("-");
}
