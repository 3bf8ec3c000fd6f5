import { isCyxwizError } from "@cyxwiz/errors";
import { isSolanaError, SOLANA_ERROR__RPC__TRANSPORT_HTTP_ERROR } from "@solana/kit";

/** A provider that answered, but only to say that it can't serve now. */
export class UnhealthyNodeError extends Error {
  override readonly name = "UnhealthyNodeError";
}

const TOO_MANY_REQUESTS = 429;

/** Whether another try, perhaps elsewhere, may succeed: nothing was answered, or the provider is busy or unwell. */
export function isTransportFailure(error: unknown): boolean {
  if (isSolanaError(error, SOLANA_ERROR__RPC__TRANSPORT_HTTP_ERROR)) {
    const { statusCode } = error.context;
    return statusCode === TOO_MANY_REQUESTS || statusCode >= 500;
  }
  // fetch reports a connection that fails or breaks as a TypeError; a body that isn't JSON is a proxy's error page.
  return (
    error instanceof TypeError ||
    error instanceof SyntaxError ||
    error instanceof UnhealthyNodeError ||
    isCyxwizError(error, "TIMED_OUT")
  );
}

/** Whether what answered is no RPC that serves us: it speaks HTTP, and refuses. */
export function isHttpRefusal(error: unknown): boolean {
  return isSolanaError(error, SOLANA_ERROR__RPC__TRANSPORT_HTTP_ERROR);
}

/** The shortest true account of a failure, for a message. */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch says only "fetch failed" and keeps the reason for itself; a failed connection has only a code.
  const cause = error.cause instanceof Error ? causeOf(error.cause) : undefined;
  return cause || error.message || ("code" in error ? String(error.code) : error.name);
}
