import { lookup as systemLookup } from "node:dns";
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { CyxwizError } from "@cyxwiz/errors";
import type { AddressPolicy } from "./public-address.ts";
import { shownUri } from "./shown-uri.ts";

export interface GuardedGet {
  readonly mayConnectTo: AddressPolicy;
  /** More headers of the request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A connection that is silent for so long is given up. */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
  /** Resolves names; default: the system. */
  readonly lookup?: LookupFunction;
  /** Certificates to trust instead of the system's, PEM. */
  readonly ca?: string;
}

/**
 * One GET of a URL that a stranger has named, on a connection of its own, without a proxy. The addresses that a name stands
 * for are judged as they are resolved for this very connection, so a name cannot stand for one address when it is looked at
 * and for another when it is connected to. Redirects are not followed.
 *
 * @throws CyxwizError `DATA_URI_REFUSED` for an address that is not allowed; `DATA_FETCH_FAILED` for what goes wrong on the way
 */
export async function guardedGet(url: URL, options: GuardedGet): Promise<IncomingMessage> {
  const { mayConnectTo, silenceMs, signal, headers = {}, ca } = options;
  const literal = url.hostname.replace(/^\[|\]$/g, "");
  // A literal is connected to as it is: there is no name to look up.
  if (isIP(literal) !== 0 && !mayConnectTo(literal)) throw notAllowed(url, literal);
  const secure = url.protocol === "https:";
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const call = (secure ? httpsRequest : httpRequest)(url, {
    // Of its own: not kept, and by no proxy that the environment names, which could reach what this machine may not.
    agent: secure ? new HttpsAgent({ keepAlive: false }) : new HttpAgent({ keepAlive: false }),
    lookup: judging(url, mayConnectTo, options.lookup ?? (systemLookup as LookupFunction)),
    headers: { "user-agent": "cyxwiz-node", accept: "*/*", "accept-encoding": "identity", ...headers },
    maxHeaderSize: 64 * 1024,
    signal,
    ...(ca !== undefined && { ca }),
  });
  call.setTimeout(silenceMs, () => call.destroy(failed(url, `nothing came for ${silenceMs} ms.`)));
  call.once("response", resolve);
  call.once("error", (cause: NodeJS.ErrnoException) => {
    reject(cause instanceof CyxwizError ? cause : failed(url, `${cause.code ?? cause.message}.`, cause));
  });
  call.end();
  return promise;
}

/** Looks a name up, and refuses it if any of its addresses is not allowed. */
function judging(url: URL, mayConnectTo: AddressPolicy, lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      const addresses = Array.isArray(found) ? found : [];
      const bad = addresses.find(({ address }) => !mayConnectTo(address));
      const [first] = addresses;
      if (error) callback(error, "", 0);
      else if (bad) callback(notAllowed(url, bad.address), "", 0);
      else if (!first) callback(failed(url, "its name has no address."), "", 0);
      else if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function notAllowed(url: URL, address: string): CyxwizError {
  const problem = `${address} is no public address.`;
  return new CyxwizError("DATA_URI_REFUSED", { uri: shownUri(url.href), problem });
}

function failed(url: URL, problem: string, cause?: unknown): CyxwizError {
  return new CyxwizError("DATA_FETCH_FAILED", { uri: shownUri(url.href), problem }, { cause });
}
