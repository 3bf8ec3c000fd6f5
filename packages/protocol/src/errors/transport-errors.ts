import type { Transport } from "@connectrpc/connect";
import { mapStreamErrors } from "./map-stream.ts";
import { fromConnectError } from "./wire-error.ts";

/**
 * The same transport, whose calls fail with a `CyxwizError` that names the peer. A decorator and no interceptor,
 * because Connect rewraps what interceptors throw.
 *
 * @param closing aborts when this side closes the transport
 */
export function withTypedErrors(transport: Transport, peer: string, address: string, closing: AbortSignal): Transport {
  const mapFor = (signal: AbortSignal | undefined) => (error: unknown) =>
    fromConnectError(error, peer, address, closing.aborted || signal?.aborted === true);
  return {
    unary: (...call) =>
      transport.unary(...call).catch((error: unknown) => {
        throw mapFor(call[1])(error);
      }),
    async stream(...call) {
      const map = mapFor(call[1]);
      try {
        const response = await transport.stream(...call);
        return { ...response, message: mapStreamErrors(response.message, map) };
      } catch (error) {
        throw map(error);
      }
    },
  };
}
