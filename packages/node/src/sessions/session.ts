import type { Agreement } from "../jobs/agreement.ts";
import type { Job } from "../jobs/job.ts";
import type { UpdateHub } from "../jobs/update-hub.ts";

/** A client's place on this node: from ConnectToNode on, for one job. */
export interface Session {
  readonly agreement: Agreement;
  readonly updates: UpdateHub;
  readonly openedAtMs: number;
  /** Set once the job was sent and found to be in order. */
  job: Job | undefined;
  /** When the job ended. */
  endedAtMs: number | undefined;
}
