import { CyxwizError } from "@cyxwiz/errors";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** True for what can be an id of ours. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** Anything else than an id can't name a job. Throws JOB_NOT_FOUND. */
export function requireJobId(jobId: string): void {
  if (!isUuid(jobId)) throw new CyxwizError("JOB_NOT_FOUND", { jobId });
}
