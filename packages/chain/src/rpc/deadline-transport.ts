import { CyxwizError } from "@cyxwiz/errors";
import type { RpcTransport } from "@solana/kit";
import { anySignal } from "../wait.ts";

/** Gives up on a request after `timeoutMs` with TIMED_OUT. */
export function withDeadline(transport: RpcTransport, timeoutMs: number): RpcTransport {
  return async (request) => {
    const deadline = AbortSignal.timeout(timeoutMs);
    const signal = anySignal(request.signal, deadline)!;
    try {
      return await transport({ ...request, signal });
    } catch (error) {
      if (!deadline.aborted || request.signal?.aborted) throw error;
      throw new CyxwizError("TIMED_OUT", { what: "The RPC call", timeoutMs }, { cause: error });
    }
  };
}
