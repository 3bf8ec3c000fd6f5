import type { BatchExchange } from "../data/batch-exchange.ts";
import type { Agreement } from "../jobs/agreement.ts";
import type { Gathering } from "../jobs/gathering.ts";
import type { Job } from "../jobs/job.ts";
import type { UpdateHub } from "../jobs/update-hub.ts";
import type { KeptJob } from "../states/kept-job.ts";
import type { StoredWeights } from "../weights/weights-store.ts";

/** A client's place on this node: from ConnectToNode on, for one job. */
export interface Session {
  readonly jobId: string;
  /** Missing for a session of an earlier run, which can only be read from. */
  readonly agreement: Agreement | undefined;
  readonly updates: UpdateHub;
  readonly openedAtMs: number;
  /** The session of the job that follows on this one; nothing once it is known that none does. */
  readonly next: PromiseWithResolvers<Session | undefined>;
  /** Set once the job was sent and found to be in order. */
  job: Job | undefined;
  /** To ask the client for data by. */
  readonly exchange: BatchExchange;
  /** Set while the job waits for its data. */
  gathering?: Gathering | undefined;
  /** What the node keeps of the job. */
  kept?: KeptJob | undefined;
  /** The result, once there is one. */
  weights: StoredWeights | undefined;
  /** When the job ended. */
  endedAtMs: number | undefined;
}
