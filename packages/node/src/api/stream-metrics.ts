import { CyxwizError } from "@cyxwiz/errors";
import type { TrainingCommand, TrainingUpdate } from "@cyxwiz/protocol";
import { obeyCommands } from "../control/obey-commands.ts";
import { logUpdate } from "../jobs/updates.ts";
import type { Session } from "../sessions/session.ts";
import { describe, type Logger } from "../util/log.ts";

/** The request header in which a client names the last update that it has. */
export const AFTER_SEQUENCE_HEADER = "cyxwiz-after-sequence";

/**
 * A client's view of its job: a greeting at once, because headers only go out with the first message, then what it has
 * missed, or where the job stands, then what happens. Ends after `complete` or `error`. Commands are obeyed meanwhile; that
 * the client stops sending, or goes away, does nothing to the job.
 *
 * @param options.after the number of the last update that the client has
 */
export async function* streamMetrics(
  session: Session,
  commands: AsyncIterable<TrainingCommand>,
  options: {
    readonly after: bigint | undefined;
    readonly signal: AbortSignal;
    readonly nowSeconds: () => number;
    readonly log: Logger;
  },
): AsyncGenerator<TrainingUpdate, void, void> {
  const { signal, nowSeconds, after } = options;
  const { jobId } = session;
  const updates = session.updates.subscribe(after);
  const close = () => updates.close();
  signal.addEventListener("abort", close, { once: true });
  try {
    const phase = session.job?.phase ?? (session.weights ? "completed" : "awaited");
    yield logUpdate(jobId, nowSeconds(), "INFO", `Connected; the job is ${phase}.`);
    void obeyCommands(session, commands, { answers: updates, nowSeconds }).catch((error: unknown) => {
      if (!signal.aborted) options.log.debug({ jobId, problem: describe(error) }, "a client's commands broke off");
    });
    yield* updates;
  } finally {
    signal.removeEventListener("abort", close);
    updates.close();
  }
}

/** The number in a client's header. Throws INVALID_FIELD for anything else. */
export function parseAfter(header: string | null): bigint | undefined {
  if (header === null) return undefined;
  if (/^\d{1,20}$/.test(header)) return BigInt(header);
  throw new CyxwizError("INVALID_FIELD", { field: AFTER_SEQUENCE_HEADER, problem: "must be a whole number" });
}
