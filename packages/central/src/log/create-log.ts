import { type Logger, pino, stdSerializers } from "pino";
import type { CentralConfig } from "../config/central-config.ts";

/** The log of a Central: JSON lines on stderr. */
export function createLog(level: CentralConfig["logLevel"]): Logger {
  const options = { name: "central", level, serializers: { err: describeError } };
  return pino(options, pino.destination({ dest: 2, sync: true }));
}

/** An error for the log. Failed queries quote their parameters, and those are other people's data. */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { type, message, stack } = stdSerializers.err(error);
  const { code } = error as { code?: unknown };
  return { type, message: withoutParameters(message), stack: withoutParameters(stack), ...(code ? { code } : {}) };
}

function withoutParameters(text: string): string {
  return text.replace(/\nparams:.*?(?=\n {4}at |\ncaused by: |$)/gs, "\nparams: …");
}
