import type { RpcTransport } from "@solana/kit";
import { isTransportFailure } from "./transport-failure.ts";

/** Asks one provider until it fails, then the next, and stays with the one that answered. */
export function withFailover(transports: readonly RpcTransport[]): RpcTransport {
  let current = 0;
  return async (request) => {
    let failure: unknown;
    const first = current;
    for (let offset = 0; offset < transports.length; offset += 1) {
      const index = (first + offset) % transports.length;
      try {
        const response = await transports[index]!<never>(request);
        current = index;
        return response;
      } catch (error) {
        if (!isTransportFailure(error) || request.signal?.aborted) throw error;
        failure = error;
      }
    }
    throw failure;
  };
}
