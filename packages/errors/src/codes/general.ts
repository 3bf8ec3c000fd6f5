import { define } from "../definition.ts";

/** 1000–1999: configuration, limits, and failures that belong to no domain. */
export const generalErrors = {
  INTERNAL: define<{ what: string }>(1000, "INTERNAL", (c) => `Internal error: ${c.what}. Please report it.`),
  CONFIG_INVALID: define<{ source: string; problem: string }>(
    1001,
    "INVALID_ARGUMENT",
    (c) => `Invalid configuration in ${c.source}: ${c.problem}`,
  ),
  UNREACHABLE: define<{ peer: string; address: string; cause: string }>(
    1002,
    "UNAVAILABLE",
    (c) => `Cannot reach ${c.peer} at ${c.address}: ${c.cause}. Check that it is running and the address is right.`,
  ),
  TIMED_OUT: define<{ what: string; timeoutMs: number }>(
    1003,
    "DEADLINE_EXCEEDED",
    (c) => `${c.what} took longer than ${c.timeoutMs} ms.`,
  ),
  ABORTED: define<{ what: string }>(1004, "CANCELLED", (c) => `${c.what} was cancelled.`),
  MESSAGE_TOO_LARGE: define<{ what: string; bytes: number; limitBytes: number }>(
    1005,
    "RESOURCE_EXHAUSTED",
    (c) => `${c.what} has ${c.bytes} bytes; the limit is ${c.limitBytes}.`,
  ),
  UNIMPLEMENTED: define<{ method: string }>(1006, "UNIMPLEMENTED", (c) => `${c.method} is not implemented yet.`),
  INVALID_FIELD: define<{ field: string; problem: string }>(
    1007,
    "INVALID_ARGUMENT",
    (c) => `Field "${c.field}": ${c.problem}`,
  ),
  /** An error whose kind this version does not know, as its sender described it. */
  REMOTE: define<{ number: number; message: string }>(
    1008,
    "INTERNAL",
    (c) => `${c.message}${c.number === 0 ? "" : ` (code ${c.number})`}`,
  ),
  CALL_TIMED_OUT: define<{ peer: string; address: string }>(
    1009,
    "DEADLINE_EXCEEDED",
    (c) => `${c.peer} at ${c.address} did not answer in time.`,
  ),
  LIMIT_EXCEEDED: define<{ peer: string; limit: string }>(
    1010,
    "RESOURCE_EXHAUSTED",
    (c) => `${c.peer} refused the call: ${c.limit}`,
  ),
  NOT_POSSIBLE_NOW: define<{ what: string; problem: string }>(
    1011,
    "FAILED_PRECONDITION",
    (c) => `${c.what} is not possible now: ${c.problem}`,
  ),
  TOO_MANY_REQUESTS: define<{ limit: string; retryAfterSeconds: number }>(
    1012,
    "RESOURCE_EXHAUSTED",
    (c) => `Too many requests: ${c.limit}. Try again in ${c.retryAfterSeconds} s.`,
  ),
  CERTIFICATE_REFUSED: define<{ peer: string; address: string; problem: string }>(
    1013,
    "FAILED_PRECONDITION",
    (c) =>
      `${c.peer} at ${c.address} shows a certificate that is not accepted: ${c.problem}. Name the certificate that it made at its first start (tls-certificate.pem).`,
  ),
} as const;
