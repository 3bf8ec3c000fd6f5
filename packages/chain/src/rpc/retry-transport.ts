import type { RpcTransport } from "@solana/kit";
import { type Backoff, backoffMs } from "../backoff.ts";
import { wait } from "../wait.ts";
import { isTransportFailure } from "./transport-failure.ts";

export interface RetryOptions extends Backoff {
  /** Tries in all. */
  readonly attempts: number;
}

/** Tries again what failed on the way; a server's error is an answer and passes through. */
export function withRetry(transport: RpcTransport, options: RetryOptions): RpcTransport {
  return async (request) => {
    for (let failures = 1; ; failures += 1) {
      try {
        return await transport<never>(request);
      } catch (error) {
        if (failures >= options.attempts || !isTransportFailure(error) || request.signal?.aborted) throw error;
      }
      await wait(backoffMs(options, failures), "The RPC call", request.signal);
    }
  };
}
