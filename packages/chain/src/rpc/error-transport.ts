import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import type { RpcTransport } from "@solana/kit";
import { anySignal } from "../wait.ts";
import { causeOf, isHttpRefusal, isTransportFailure } from "./transport-failure.ts";

/**
 * The outermost layer: ends every request with `signal`, and says UNREACHABLE or ABORTED where a transport gives
 * whatever it has.
 */
export function withNamedErrors(transport: RpcTransport, urls: readonly string[], signal?: AbortSignal): RpcTransport {
  const address = urls.map(withoutSecrets).join(", ");
  return async (request) => {
    const stop = anySignal(request.signal, signal);
    try {
      return await transport<never>(stop === undefined ? request : { ...request, signal: stop });
    } catch (error) {
      if (stop?.aborted && !isCyxwizError(error)) {
        throw new CyxwizError("ABORTED", { what: "The RPC call" }, { cause: error });
      }
      if (!isTransportFailure(error) && !isHttpRefusal(error)) throw error;
      throw new CyxwizError(
        "UNREACHABLE",
        { peer: "the Solana RPC", address, cause: causeOf(error) },
        { cause: error },
      );
    }
  };
}

/** Providers put API keys into paths and queries; those don't belong into messages and logs. */
function withoutSecrets(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}
