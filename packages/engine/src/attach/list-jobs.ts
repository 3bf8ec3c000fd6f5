import type { Client } from "@connectrpc/connect";
import type { JobService, JobStatus } from "@cyxwiz/protocol";
import { statusName } from "../stages/job-end.ts";

/** A job as Central has it. Times are Unix seconds, 0 for what has not happened. */
export interface JobSummary {
  readonly jobId: string;
  /** As on the wire, without its prefix: `IN_PROGRESS`, `COMPLETED`, `REFUNDED`, … */
  readonly status: string;
  /** Epochs that the node has reported. */
  readonly epoch: number;
  /** 0 to 1. */
  readonly progress: number;
  readonly startedAtSeconds: number;
  readonly endedAtSeconds: number;
  /** Why it failed, if it did. */
  readonly problem: string | undefined;
}

const PAGE = 200;

/** The caller's jobs, newest first. */
export async function listJobs(
  central: Client<typeof JobService>,
  { limit, signal }: { limit: number; signal: AbortSignal },
): Promise<readonly JobSummary[]> {
  const found: JobSummary[] = [];
  for (let pageToken = ""; found.length < limit; ) {
    const request = { pageSize: Math.min(limit - found.length, PAGE), pageToken };
    const { jobs, nextPageToken } = await central.listJobs(request, { signal });
    found.push(...jobs.map(summarise));
    if (nextPageToken === "" || jobs.length === 0) break;
    pageToken = nextPageToken;
  }
  return found;
}

function summarise(job: JobStatus): JobSummary {
  return {
    jobId: job.jobId,
    status: statusName(job.status).replace(/^STATUS_/, ""),
    epoch: job.currentEpoch,
    progress: job.progress,
    startedAtSeconds: Number(job.startTime),
    endedAtSeconds: Number(job.endTime),
    problem: job.error?.message || undefined,
  };
}
