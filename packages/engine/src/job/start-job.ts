import { CyxwizError } from "@cyxwiz/errors";
import { EventLog } from "../events/event-log.ts";
import type { JobEvent } from "../events/job-event.ts";
import type { JobControl } from "../node-session/job-control.ts";
import type { JobHandle, JobResult } from "./job-handle.ts";

/** What a job that runs has of its handle. */
export interface RunningJob {
  readonly signal: AbortSignal;
  readonly emit: (event: JobEvent) => void;
  /** Told once the node can be given commands. */
  readonly onControl: (control: JobControl) => void;
  /** True once the job was let go of: then nothing is to be cleaned up. */
  readonly isDetached: () => boolean;
}

/** Runs a job and gives the handle on it: events for whoever reads them, and one promise for its end. */
export function startJob(
  run: (job: RunningJob) => Promise<JobResult>,
  signals: readonly (AbortSignal | undefined)[],
): JobHandle {
  const log = new EventLog();
  const [cancelled, detached] = [new AbortController(), new AbortController()];
  const control = Promise.withResolvers<JobControl>();
  // Whoever gives no command must not be told that none can be given.
  control.promise.catch(() => undefined);
  const given = signals.filter((signal) => signal !== undefined);
  const result = run({
    signal: AbortSignal.any([cancelled.signal, detached.signal, ...given]),
    emit: (event) => log.add(event),
    onControl: control.resolve,
    isDetached: () => detached.signal.aborted,
  });
  // Whoever only iterates learns of a failure there; that nobody awaits the promise is then no crash.
  result.then(
    () => log.close(),
    (error: unknown) => {
      log.close({ error });
      control.reject(error);
    },
  );
  return {
    result,
    control: {
      pause: async () => (await control.promise).pause(),
      resume: async () => (await control.promise).resume(),
      checkpoint: async () => (await control.promise).checkpoint(),
      change: async (parameters) => (await control.promise).change(parameters),
    },
    cancel: (reason = "cancelled by its owner") => cancelled.abort(new CyxwizError("ABORTED", { what: reason })),
    detach: () => detached.abort(new CyxwizError("ABORTED", { what: "Following the job" })),
    [Symbol.asyncIterator]: () => log.read(),
  };
}
