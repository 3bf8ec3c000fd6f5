import { CyxwizError } from "@cyxwiz/errors";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A job id's 16 bytes. Throws INVALID_FIELD for anything but a lower-case UUID, so that an id is also safe as a file name. */
export function jobIdBytes(jobId: string): Uint8Array {
  if (!UUID.test(jobId)) throw new CyxwizError("INVALID_FIELD", { field: "job_id", problem: "must be a UUID" });
  return Uint8Array.from(Buffer.from(jobId.replaceAll("-", ""), "hex"));
}
