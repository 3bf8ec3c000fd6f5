import { isCyxwizError } from "@cyxwiz/errors";

/** What the process ends with. */
export const EXIT = { ok: 0, failure: 1, usage: 2, interrupted: 130 } as const;

const USAGE = ["CONFIG_INVALID", "MODEL_INVALID", "DATA_INVALID", "INVALID_FIELD"];

/** 2 for what the caller has to change in what he gave, 130 for what he stopped, 1 for all else. */
export function exitCodeOf(error: unknown): number {
  if (!isCyxwizError(error)) return EXIT.failure;
  if (error.code === "ABORTED") return EXIT.interrupted;
  return USAGE.includes(error.code) ? EXIT.usage : EXIT.failure;
}

/** Ends a command with another code than its error's, or than 0 where it has told all that there is to tell. */
export class EndsWith extends Error {
  readonly exit: number;

  /** @param options.cause what is still to be told */
  constructor(exit: number, options: { cause?: unknown } = {}) {
    super(`ends with ${exit}`, options);
    this.exit = exit;
  }
}
