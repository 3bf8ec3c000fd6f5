import type { RpcTransport } from "@solana/kit";
import { UnhealthyNodeError } from "./transport-failure.ts";

const NODE_UNHEALTHY = -32005;

/** Turns the answer "this node is behind" into a failure, so that another provider is asked. */
export function withHealthCheck(transport: RpcTransport): RpcTransport {
  return async (request) => {
    const response = await transport<never>(request);
    const { error } = response as { error?: { code?: unknown; message?: unknown } };
    if (error !== undefined && Number(error.code) === NODE_UNHEALTHY) {
      throw new UnhealthyNodeError(String(error.message));
    }
    return response;
  };
}
