import { CyxwizError } from "@cyxwiz/errors";
import type { TrainingCommand, TrainingUpdate } from "@cyxwiz/protocol";
import type { Subscription } from "../jobs/update-hub.ts";
import { type LogLevel, logUpdate } from "../jobs/updates.ts";
import type { Session } from "../sessions/session.ts";
import { describe, type Logger } from "../util/log.ts";

/**
 * A client's view of its job: a greeting at once, because headers only go out with the first message, then where the
 * job stands, then what happens. Ends after `complete` or `error`. Commands are obeyed meanwhile; that the client
 * stops sending, or goes away, does nothing to the job.
 */
export async function* streamMetrics(
  session: Session,
  commands: AsyncIterable<TrainingCommand>,
  options: { readonly signal: AbortSignal; readonly nowSeconds: () => number; readonly log: Logger },
): AsyncGenerator<TrainingUpdate, void, void> {
  const { signal, nowSeconds } = options;
  const { jobId } = session;
  const say = (level: LogLevel, message: string) => logUpdate(jobId, nowSeconds(), level, message);
  const updates = session.updates.subscribe();
  const close = () => updates.close();
  signal.addEventListener("abort", close, { once: true });
  try {
    yield say("INFO", `Connected; the job is ${session.job?.phase ?? (session.weights ? "completed" : "awaited")}.`);
    void obey(session, commands, updates, say).catch((error: unknown) => {
      if (!signal.aborted) options.log.debug({ jobId, problem: describe(error) }, "a client's commands broke off");
    });
    yield* updates;
  } finally {
    signal.removeEventListener("abort", close);
    updates.close();
  }
}

async function obey(
  session: Session,
  commands: AsyncIterable<TrainingCommand>,
  updates: Subscription,
  say: (level: LogLevel, message: string) => TrainingUpdate,
): Promise<void> {
  for await (const { command } of commands) {
    if (command.case === "stop" && command.value) {
      if (session.job) {
        session.job.stop(new CyxwizError("ABORTED", { what: "Training" }), { cancelled: true });
      } else {
        updates.push(say("WARNING", "There is no job to stop yet."));
      }
    } else if (command.case !== undefined) {
      updates.push(say("WARNING", `The command "${command.case}" is not supported; nothing was changed.`));
    }
  }
}
