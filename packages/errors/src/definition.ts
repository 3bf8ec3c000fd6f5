/** gRPC status names, as an error crosses the wire. https://grpc.io/docs/guides/status-codes/ */
export type GrpcStatus =
  | "INVALID_ARGUMENT"
  | "NOT_FOUND"
  | "ALREADY_EXISTS"
  | "PERMISSION_DENIED"
  | "UNAUTHENTICATED"
  | "RESOURCE_EXHAUSTED"
  | "FAILED_PRECONDITION"
  | "ABORTED"
  | "UNIMPLEMENTED"
  | "INTERNAL"
  | "UNAVAILABLE"
  | "DEADLINE_EXCEEDED"
  | "CANCELLED"
  | "DATA_LOSS";

/** One kind of failure: its stable number, its status on the wire, and the one message it has. */
export interface ErrorDefinition<Context extends object> {
  /** Stable: never reused, never renumbered. */
  readonly number: number;
  readonly status: GrpcStatus;
  /** Says what is wrong, where, and what to do about it. */
  readonly message: (context: Context) => string;
}

/** Declares one error; the context's type is what `new CyxwizError(name, context)` then demands. */
export function define<Context extends object = Record<never, never>>(
  number: number,
  status: GrpcStatus,
  message: (context: Context) => string,
): ErrorDefinition<Context> {
  return { number, status, message };
}
