import type { GrpcStatus } from "./definition.ts";
import { ERRORS, type ErrorContext, type ErrorName } from "./registry.ts";

/**
 * Every failure that a caller can act on. Narrow with {@link isCyxwizError}, never by message.
 *
 * @example
 * throw new CyxwizError("JOB_NOT_FOUND", { jobId });
 */
export class CyxwizError<Name extends ErrorName = ErrorName> extends Error {
  override readonly name = "CyxwizError";
  /** The symbolic name, e.g. `ESCROW_MISMATCH`. */
  readonly code: Name;
  /** The stable number that travels in `Error.code` on the wire. */
  readonly number: number;
  readonly status: GrpcStatus;
  readonly context: ErrorContext<Name>;

  constructor(code: Name, context: ErrorContext<Name>, options?: { cause?: unknown }) {
    const definition = ERRORS[code];
    super((definition.message as (context: ErrorContext<Name>) => string)(context), options);
    this.code = code;
    this.number = definition.number;
    this.status = definition.status;
    this.context = context;
  }
}

/** True for a {@link CyxwizError}, or, given a code, for one with that code. */
export function isCyxwizError<Name extends ErrorName = ErrorName>(
  error: unknown,
  code?: Name,
): error is CyxwizError<Name> {
  return error instanceof CyxwizError && (code === undefined || error.code === code);
}
