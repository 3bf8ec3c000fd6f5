import type { CyxwizError } from "@cyxwiz/errors";
import type { CheckedJob } from "./check-job.ts";

/** How a job that waits for its data is to end. */
export interface GatheringStop {
  readonly error: CyxwizError;
  /** Somebody's wish, no failure. */
  readonly cancelled: boolean;
}

/** A job that was taken and waits for its data. It has not been started: nothing is owed for it. */
export class Gathering {
  /** Resolves when the data is there and its job has begun, or the job is over; never rejects. */
  readonly ended: Promise<void>;
  readonly #abort = new AbortController();
  #stopped: GatheringStop | undefined;

  /**
   * @param gather gets the data; what it rejects with ends the job
   * @param onReady begins the job
   * @param onFailed told why there is no job to begin
   */
  constructor(options: {
    readonly gather: (signal: AbortSignal) => Promise<CheckedJob>;
    readonly onReady: (checked: CheckedJob) => void;
    readonly onFailed: (error: unknown, cancelled: boolean) => Promise<void>;
  }) {
    this.ended = (async () => {
      try {
        const checked = await options.gather(this.#abort.signal);
        if (this.#stopped) throw this.#stopped.error;
        options.onReady(checked);
      } catch (error) {
        const { error: reason, cancelled } = this.#stopped ?? { error, cancelled: false };
        await options.onFailed(reason, cancelled);
      }
    })();
  }

  /** Ends the job soon. Without effect once it has begun or ended. */
  stop(how: GatheringStop): void {
    if (this.#stopped) return;
    this.#stopped = how;
    this.#abort.abort(how.error);
  }
}
