import type { Interceptor } from "@connectrpc/connect";
import { isCyxwizError } from "@cyxwiz/errors";
import { mapStreamErrors } from "./map-stream.ts";
import { toConnectError } from "./wire-error.ts";

/**
 * Turns what handlers throw, at once or in the middle of a stream, into gRPC status plus our `Error`.
 * What no handler expected goes to `onUnexpected` and tells the caller nothing.
 */
export function serverErrorInterceptor(onUnexpected: (error: unknown, method: string) => void): Interceptor {
  return (next) => async (request) => {
    const map = (error: unknown) => {
      const mapped = toConnectError(error);
      if (isCyxwizError(mapped.cause, "INTERNAL")) onUnexpected(error, request.method.name);
      return mapped;
    };
    try {
      const response = await next(request);
      return response.stream ? { ...response, message: mapStreamErrors(response.message, map) } : response;
    } catch (error) {
      throw map(error);
    }
  };
}
