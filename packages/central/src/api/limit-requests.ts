import type { Interceptor } from "@connectrpc/connect";
import { isCyxwizError } from "@cyxwiz/errors";
import { connectionKey, type HttpRequest, type HttpResponse, remoteAddress } from "@cyxwiz/protocol";
import type { RequestLimits } from "../limits/request-limits.ts";

type Endpoint = (request: HttpRequest, response: HttpResponse) => boolean;

/** Counts every call against the address it comes from, and refuses it with TOO_MANY_REQUESTS. */
export function limitCalls(limits: RequestLimits): Interceptor {
  return (next) => async (request) => {
    await limits.countAddress(remoteAddress(request.contextValues.get(connectionKey)), request.method.name);
    return next(request);
  };
}

/** The same for plain HTTPS: 429 says how long to wait. What none of the endpoints knows is 404. */
export function limitHttp(limits: RequestLimits, endpoints: readonly Endpoint[]): Endpoint {
  return (request, response) => {
    void answer(limits, endpoints, request, response);
    return true;
  };
}

async function answer(
  limits: RequestLimits,
  endpoints: readonly Endpoint[],
  request: HttpRequest,
  response: HttpResponse,
): Promise<void> {
  try {
    await limits.countAddress(remoteAddress(request.socket), request.url ?? "");
    if (endpoints.some((endpoint) => endpoint(request, response))) return;
    response.statusCode = 404;
  } catch (error) {
    const isLimit = isCyxwizError(error, "TOO_MANY_REQUESTS");
    response.statusCode = isLimit ? 429 : 500;
    if (isLimit) response.setHeader("retry-after", String(error.context.retryAfterSeconds));
  }
  response.end();
}
