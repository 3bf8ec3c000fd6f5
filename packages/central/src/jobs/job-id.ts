import { isCanonicalUuid } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";

/** Anything else than an id can't name a job. Throws JOB_NOT_FOUND. */
export function requireJobId(jobId: string): void {
  if (!isCanonicalUuid(jobId)) throw new CyxwizError("JOB_NOT_FOUND", { jobId });
}
