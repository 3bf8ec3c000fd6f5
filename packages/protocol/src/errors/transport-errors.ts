import type { Transport } from "@connectrpc/connect";
import { mapStreamErrors } from "./map-stream.ts";
import { fromConnectError } from "./wire-error.ts";

/**
 * The same transport, whose calls fail with a `CyxwizError` that names the peer. A decorator and no interceptor,
 * because Connect rewraps what interceptors throw.
 */
export function withTypedErrors(transport: Transport, peer: string, address: string): Transport {
  const map = (error: unknown) => fromConnectError(error, peer, address);
  return {
    unary: (...call) =>
      transport.unary(...call).catch((error: unknown) => {
        throw map(error);
      }),
    async stream(...call) {
      try {
        const response = await transport.stream(...call);
        return { ...response, message: mapStreamErrors(response.message, map) };
      } catch (error) {
        throw map(error);
      }
    },
  };
}
