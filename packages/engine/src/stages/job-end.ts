import type { Client } from "@connectrpc/connect";
import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import { fromWireError, type GetJobStatusResponse, type JobService, StatusCode } from "@cyxwiz/protocol";

const ENDS: readonly StatusCode[] = [
  StatusCode.STATUS_FAILED,
  StatusCode.STATUS_CANCELLED,
  StatusCode.STATUS_REFUNDING,
  StatusCode.STATUS_REFUNDED,
  StatusCode.STATUS_EXPIRED,
];

/** Asks Central about a job; `undefined` while Central cannot be reached: it may restart, and finishes what it began. */
export async function askForStatus(
  central: Client<typeof JobService>,
  jobId: string,
  signal: AbortSignal,
): Promise<GetJobStatusResponse | undefined> {
  try {
    return await central.getJobStatus({ jobId }, { signal });
  } catch (error) {
    if (signal.aborted || !(isCyxwizError(error, "UNREACHABLE") || isCyxwizError(error, "CALL_TIMED_OUT"))) throw error;
    return undefined;
  }
}

/** Throws JOB_ENDED when the job is over and will not be completed; a refund may still be on its way. */
export function assertNotEnded(jobId: string, answer: GetJobStatusResponse | undefined): void {
  const status = answer?.status?.status;
  if (status === undefined || !ENDS.includes(status)) return;
  const reason = fromWireError(answer?.status?.error)?.message ?? "";
  throw new CyxwizError("JOB_ENDED", { jobId, status: statusName(status), reason });
}

/** A status as the protocol calls it. */
export function statusName(status: StatusCode): string {
  return Object.entries(StatusCode).find(([, value]) => value === status)?.[0] ?? String(status);
}
