import { isCanonicalUuid, jobIdToBytes } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";

/** A job id's 16 bytes. Throws INVALID_FIELD for anything but a lower-case UUID, so that an id is also safe as a file name. */
export function jobIdBytes(jobId: string): Uint8Array {
  if (!isCanonicalUuid(jobId)) throw new CyxwizError("INVALID_FIELD", { field: "job_id", problem: "must be a UUID" });
  return jobIdToBytes(jobId);
}
