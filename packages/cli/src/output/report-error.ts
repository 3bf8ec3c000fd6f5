import { ERRORS, isCyxwizError } from "@cyxwiz/errors";
import { currentHost } from "../process/host.ts";
import { toJson } from "./to-json.ts";

/** Tells a failure: to a person one message on stderr, to a script an object on stdout. */
export function reportError(error: unknown, json: boolean): void {
  const known = isCyxwizError(error);
  const message = error instanceof Error ? error.message : String(error);
  if (json) {
    const code = known
      ? { code: error.code, number: error.number, context: error.context }
      : { code: "INTERNAL", number: ERRORS.INTERNAL.number };
    const line = `${toJson({ event: "error", ...code, message })}\n`;
    const host = currentHost();
    if (host) host.write(line);
    else process.stdout.write(line);
    if (!known) process.stderr.write(`${describe(error)}\n`);
    return;
  }
  process.stderr.write(known ? `error ${error.number} ${error.code}: ${message}\n` : `${describe(error)}\n`);
}

// A failure that nobody foresaw is a bug: its stack is what a report needs.
function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
