import { CyxwizError } from "@cyxwiz/errors";
import type { TrainingCommand, TrainingUpdate } from "@cyxwiz/protocol";
import { type CommandedStream, obeyCommands } from "../control/obey-commands.ts";
import type { Subscription } from "../jobs/update-hub.ts";
import { logUpdate } from "../jobs/updates.ts";
import type { JobSlot } from "../sessions/job-slot.ts";
import type { Session } from "../sessions/session.ts";
import { describe, type Logger } from "../util/log.ts";

/** The request header in which a client names the last update that it has. */
export const AFTER_SEQUENCE_HEADER = "cyxwiz-after-sequence";

/**
 * A client's view of its job: a greeting at once, because headers only go out with the first message, then what it has
 * missed, or where the job stands, then what happens. Ends after `complete` or `error`; where the node is kept for the
 * client's next job, with what follows instead. Commands are obeyed meanwhile; that the client stops sending, or goes
 * away, does nothing to the job.
 *
 * @param options.after the number of the last update that the client has
 */
export async function* streamMetrics(
  session: Session,
  commands: AsyncIterable<TrainingCommand>,
  options: Pick<CommandedStream, "slot" | "startNext" | "nowSeconds"> & {
    readonly after: bigint | undefined;
    readonly signal: AbortSignal;
    readonly log: Logger;
  },
): AsyncGenerator<TrainingUpdate, void, void> {
  const { signal, nowSeconds, after } = options;
  let updates = session.updates.subscribe(after);
  let detach = session.exchange.attach(updates, nowSeconds);
  let current: { session: Session; answers: Pick<Subscription, "push" | "close"> } = { session, answers: updates };
  const left = Promise.withResolvers<undefined>();
  const leave = () => {
    current.answers.close();
    left.resolve(undefined);
  };
  signal.addEventListener("abort", leave, { once: true });
  try {
    const before = session.gathering ? "waiting for its data" : "awaited";
    const phase = session.job?.phase ?? (session.weights ? "completed" : before);
    yield logUpdate(session.jobId, nowSeconds(), "INFO", `Connected; the job is ${phase}.`);
    void obeyCommands(commands, { ...options, current: () => current })
      .catch((error: unknown) => {
        const { jobId } = current.session;
        if (!signal.aborted) options.log.debug({ jobId, problem: describe(error) }, "a client's commands broke off");
      })
      // Who sends no more commands starts no other job here.
      .finally(() => left.resolve(undefined));
    for (;;) {
      yield* updates;
      if (signal.aborted) return;
      const between = new Answers();
      current = { session: current.session, answers: between };
      const next = yield* nextSession(current.session, options.slot, between, left.promise);
      if (!next) return;
      updates = next.updates.subscribe(0n);
      detach();
      detach = next.exchange.attach(updates, nowSeconds);
      current = { session: next, answers: updates };
    }
  } finally {
    signal.removeEventListener("abort", leave);
    detach();
    current.answers.close();
  }
}

/** What is said to a client between two jobs. */
class Answers {
  readonly #said: TrainingUpdate[] = [];
  #heard = Promise.withResolvers<"answer">();

  get heard(): Promise<"answer"> {
    return this.#heard.promise;
  }

  push(update: TrainingUpdate): void {
    this.#said.push(update);
    this.#heard.resolve("answer");
  }

  take(): TrainingUpdate[] {
    this.#heard = Promise.withResolvers();
    return this.#said.splice(0);
  }

  close(): void {}
}

/** Waits for the session that follows, as long as the node is kept for it; nothing when none does. */
async function* nextSession(
  session: Session,
  slot: JobSlot,
  answers: Answers,
  left: Promise<undefined>,
): AsyncGenerator<TrainingUpdate, Session | undefined, void> {
  for (;;) {
    const unkept = slot.isKeptOn(session) ? [] : [undefined];
    const next = await Promise.race([session.next.promise, answers.heard, left, ...unkept]);
    if (next !== "answer") return next;
    yield* answers.take();
  }
}

/** The number in a client's header. Throws INVALID_FIELD for anything else. */
export function parseAfter(header: string | null): bigint | undefined {
  if (header === null) return undefined;
  if (/^\d{1,20}$/.test(header)) return BigInt(header);
  throw new CyxwizError("INVALID_FIELD", { field: AFTER_SEQUENCE_HEADER, problem: "must be a whole number" });
}
