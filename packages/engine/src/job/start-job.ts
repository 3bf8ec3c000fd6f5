import { CyxwizError } from "@cyxwiz/errors";
import { EventLog } from "../events/event-log.ts";
import type { JobEvent } from "../events/job-event.ts";
import type { JobHandle, JobResult } from "./job-handle.ts";

/** Runs a job and gives the handle on it: events for whoever reads them, and one promise for its end. */
export function startJob(
  run: (job: { signal: AbortSignal; emit: (event: JobEvent) => void }) => Promise<JobResult>,
  signals: readonly (AbortSignal | undefined)[],
): JobHandle {
  const log = new EventLog();
  const cancelled = new AbortController();
  const given = signals.filter((signal) => signal !== undefined);
  const result = run({
    signal: AbortSignal.any([cancelled.signal, ...given]),
    emit: (event) => log.add(event),
  });
  // Whoever only iterates learns of a failure there; that nobody awaits the promise is then no crash.
  result.then(
    () => log.close(),
    (error: unknown) => log.close({ error }),
  );
  return {
    result,
    cancel: (reason = "cancelled by its owner") => cancelled.abort(new CyxwizError("ABORTED", { what: reason })),
    [Symbol.asyncIterator]: () => log.read(),
  };
}
