import type { JobEvent, Metrics } from "../events/job-event.ts";
import type { JobControl } from "../node-session/job-control.ts";
import type { Receipt } from "../receipt/receipt.ts";

/** A job that was trained, paid for, and checked on chain. */
export interface JobResult {
  readonly jobId: string;
  /** The weights (safetensors). */
  readonly weightsPath: string;
  /** SHA-256 of the weights, as anchored on chain. */
  readonly resultHash: string;
  /** Of the last epoch: `loss`, `accuracy`, and with a test set `val_loss`, `val_accuracy`. */
  readonly metrics: Metrics;
  readonly receipt: Receipt;
}

/** A job under way. Iterate it for its events, as often as you like or never; await `result` for its end. */
export interface JobHandle extends AsyncIterable<JobEvent> {
  /** Settles when the job is over: rejects with a CyxwizError. An error also ends every iteration. */
  readonly result: Promise<JobResult>;
  /** Commands to the node; they wait until there is a connection to it, and fail when the job is over before. */
  readonly control: JobControl;
  /** Stops the job; what the escrow holds comes back as far as its terms say. */
  cancel(reason?: string): void;
  /** Lets go of the job, which goes on; `Engine.attach` takes it up again, in another process, too. */
  detach(): void;
}
