import { CyxwizError } from "@cyxwiz/errors";

/** Where a job stands on this node. A suspended one has ended for this run of the node; a later one goes on with it. */
export type JobPhase =
  | "received"
  | "preparing"
  | "running"
  | "paused"
  | "completed"
  | "failed"
  | "cancelled"
  | "suspended";

/** Every legal move; what is not in it is a mistake. */
const MOVES: Record<JobPhase, readonly JobPhase[]> = {
  received: ["preparing", "failed", "cancelled", "suspended"],
  preparing: ["running", "failed", "cancelled", "suspended"],
  running: ["paused", "completed", "failed", "cancelled", "suspended"],
  // The step that was under way may have been the last.
  paused: ["running", "completed", "failed", "cancelled", "suspended"],
  completed: [],
  failed: [],
  cancelled: [],
  suspended: [],
};

/** A job's phase, which only moves along legal ways. */
export class JobLifecycle {
  readonly #jobId: string;
  #phase: JobPhase = "received";

  constructor(jobId: string) {
    this.#jobId = jobId;
  }

  get phase(): JobPhase {
    return this.#phase;
  }

  get ended(): boolean {
    return MOVES[this.#phase].length === 0;
  }

  /** Throws JOB_ILLEGAL_MOVE. */
  moveTo(phase: JobPhase): void {
    if (!MOVES[this.#phase].includes(phase)) {
      throw new CyxwizError("JOB_ILLEGAL_MOVE", { jobId: this.#jobId, from: this.#phase, event: phase });
    }
    this.#phase = phase;
  }
}
