import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { CyxwizError, ERRORS, type ErrorContext, type ErrorName, type GrpcStatus, isCyxwizError } from "@cyxwiz/errors";
import { ErrorSchema, type Error as WireError } from "../gen/cyxwiz/protocol/common_pb.ts";

const CODES: Record<GrpcStatus, Code> = {
  INVALID_ARGUMENT: Code.InvalidArgument,
  NOT_FOUND: Code.NotFound,
  ALREADY_EXISTS: Code.AlreadyExists,
  PERMISSION_DENIED: Code.PermissionDenied,
  UNAUTHENTICATED: Code.Unauthenticated,
  RESOURCE_EXHAUSTED: Code.ResourceExhausted,
  FAILED_PRECONDITION: Code.FailedPrecondition,
  ABORTED: Code.Aborted,
  UNIMPLEMENTED: Code.Unimplemented,
  INTERNAL: Code.Internal,
  UNAVAILABLE: Code.Unavailable,
  DEADLINE_EXCEEDED: Code.DeadlineExceeded,
  CANCELLED: Code.Canceled,
  DATA_LOSS: Code.DataLoss,
};

/** The `Error` message of an error: number, text, and what rebuilds it on the other side. */
export function toWireError(error: CyxwizError): WireError {
  return create(ErrorSchema, {
    code: error.number,
    message: error.message,
    details: JSON.stringify({ name: error.code, context: error.context }, (_key, value) =>
      typeof value === "bigint" ? value.toString() : value,
    ),
  });
}

/** What a server answers for an error: our codes with their detail, anything else as a bare INTERNAL. */
export function toConnectError(error: unknown): ConnectError {
  if (isCyxwizError(error)) {
    const detail = { desc: ErrorSchema, value: toWireError(error) };
    return new ConnectError(error.message, CODES[error.status], undefined, [detail], error);
  }
  if (error instanceof ConnectError) return error;
  return toConnectError(new CyxwizError("INTERNAL", { what: "unexpected failure in a handler" }, { cause: error }));
}

/** The typed error behind an `Error` message; `undefined` for an empty one. */
export function fromWireError(wire: WireError | undefined, cause?: unknown): CyxwizError | undefined {
  if (!wire || (wire.code === 0 && wire.message === "")) return undefined;
  const sent = parseDetails(wire.details);
  if (sent && ERRORS[sent.name].number === wire.code) return new CyxwizError(sent.name, sent.context, { cause });
  return new CyxwizError("REMOTE", { number: wire.code, message: wire.message }, { cause });
}

/**
 * What a client throws for a failed call. `peer` and `address` name who was called.
 *
 * @param cancelled whether it was this side that cancelled the call
 */
export function fromConnectError(error: unknown, peer: string, address: string, cancelled: boolean): unknown {
  if (isCyxwizError(error)) return error;
  const connectError = ConnectError.from(error);
  // Failures on our own side of the call keep their code.
  if (isCyxwizError(connectError.cause)) return connectError.cause;
  const typed = fromWireError(connectError.findDetails(ErrorSchema)[0], connectError);
  if (typed) return typed;
  const text = connectError.rawMessage;
  const problem = certificateProblem(error);
  if (problem !== undefined)
    return new CyxwizError("CERTIFICATE_REFUSED", { peer, address, problem }, { cause: error });
  switch (connectError.code) {
    case Code.Unavailable:
      return new CyxwizError("UNREACHABLE", { peer, address, cause: text }, { cause: error });
    case Code.Canceled:
      // Also what streams of a connection end with that is lost.
      if (!cancelled) return new CyxwizError("UNREACHABLE", { peer, address, cause: text }, { cause: error });
      return new CyxwizError("ABORTED", { what: `The call to ${peer}` }, { cause: error });
    case Code.DeadlineExceeded:
      return new CyxwizError("CALL_TIMED_OUT", { peer, address }, { cause: error });
    case Code.Unimplemented:
      return new CyxwizError("UNIMPLEMENTED", { method: `${peer}: ${text}` }, { cause: error });
    case Code.ResourceExhausted:
      return new CyxwizError("LIMIT_EXCEEDED", { peer, limit: text }, { cause: error });
    default:
      if (isLocalNetworkError(connectError.cause)) {
        return new CyxwizError("UNREACHABLE", { peer, address, cause: text }, { cause: error });
      }
      return new CyxwizError("REMOTE", { number: 0, message: `${peer} at ${address}: ${text}` }, { cause: error });
  }
}

function parseDetails(details: string): { name: ErrorName; context: ErrorContext<ErrorName> } | undefined {
  try {
    const sent = JSON.parse(details) as { name?: string; context?: ErrorContext<ErrorName> };
    if (typeof sent.name !== "string" || !Object.hasOwn(ERRORS, sent.name) || typeof sent.context !== "object")
      return undefined;
    return { name: sent.name as ErrorName, context: sent.context };
  } catch {
    return undefined;
  }
}

const CERTIFICATE_PROBLEMS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "it is self-signed, and not the one that was named",
  SELF_SIGNED_CERT_IN_CHAIN: "it is self-signed, and not the one that was named",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "no known authority has signed it",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "no known authority has signed it",
  ERR_TLS_CERT_ALTNAME_INVALID: "it was made for another name",
  CERT_HAS_EXPIRED: "it has expired",
};

/** What is wrong with the peer's certificate, where that is why there is no connection. */
function certificateProblem(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (typeof code === "string" && Object.hasOwn(CERTIFICATE_PROBLEMS, code)) return CERTIFICATE_PROBLEMS[code];
  }
  return undefined;
}

// Failures of the connection itself, such as a certificate that is not the pinned one, reach Connect as plain Node errors.
function isLocalNetworkError(cause: unknown): boolean {
  return cause instanceof Error && typeof (cause as NodeJS.ErrnoException).code === "string";
}
