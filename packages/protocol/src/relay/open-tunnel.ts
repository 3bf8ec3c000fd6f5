import type { ClientRequest, IncomingMessage } from "node:http";
import { request } from "node:https";
import type { Socket } from "node:net";
import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import { fromWireError } from "../errors/wire-error.ts";
import { ErrorSchema } from "../gen/cyxwiz/protocol/common_pb.ts";
import { pinned } from "../tls/pinned.ts";
import { TUNNEL_PROTOCOL, type TunnelEnd, tunnelPath } from "./tunnel.ts";

/** One end of a relayed connection to open. */
export interface TunnelOptions {
  /** Central: `https://host:port` */
  readonly centralUrl: string;
  /** Central's own certificate (PEM): only this one is accepted. Without it, the system's authorities decide. */
  readonly certificatePem?: string;
  readonly end: TunnelEnd;
  /** For a job: the wallet token of its payer, or a token that Central gave for it. For a call: the node's session. */
  readonly bearerToken: string;
  /** How long Central, and the node behind it, may take. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const MAX_REFUSAL_BYTES = 16_384;

/**
 * Opens one end of a relayed connection at Central. What is written to the socket comes out at the other end; Central
 * can read it, so it has to be encrypted (`dialTls` over it).
 *
 * @throws CyxwizError why Central refuses (`RELAY_*`, `TOKEN_*`, `NOT_YOURS`, …), `UNIMPLEMENTED` by a Central without
 * relay, `UNREACHABLE`, `TIMED_OUT`, `ABORTED`.
 */
export async function openTunnel(options: TunnelOptions): Promise<Socket> {
  const { centralUrl, certificatePem, timeoutMs } = options;
  const what = "Opening a relayed connection";
  const timeout = AbortSignal.timeout(timeoutMs);
  const call = request(new URL(tunnelPath(options.end), centralUrl), {
    ...(certificatePem === undefined ? {} : pinned(certificatePem)),
    agent: false,
    signal: AbortSignal.any([options.signal, timeout]),
    headers: {
      authorization: `Bearer ${options.bearerToken}`,
      connection: "Upgrade",
      upgrade: TUNNEL_PROTOCOL,
    },
  });
  call.end();
  try {
    return await upgraded(call);
  } catch (error) {
    call.on("error", () => {});
    call.destroy();
    if (options.signal.aborted) throw new CyxwizError("ABORTED", { what }, { cause: error });
    if (timeout.aborted) throw new CyxwizError("TIMED_OUT", { what, timeoutMs }, { cause: error });
    if (isCyxwizError(error)) throw error;
    const cause = error instanceof Error ? error.message : String(error);
    const address = new URL(centralUrl).host;
    throw new CyxwizError("UNREACHABLE", { peer: "Central", address, cause }, { cause: error });
  }
}

function upgraded(call: ClientRequest): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  call.once("error", reject);
  call.once("response", (response) => void refusalOf(response).then(reject, reject));
  call.once("upgrade", (_response, socket, head) => {
    // Small records of the TLS inside must not wait for one another.
    socket.setNoDelay(true);
    if (head.length > 0) socket.unshift(head);
    resolve(socket);
  });
  return promise;
}

async function refusalOf(response: IncomingMessage): Promise<CyxwizError> {
  let body = "";
  for await (const chunk of response.setEncoding("utf8")) {
    body += chunk;
    if (body.length > MAX_REFUSAL_BYTES) break;
  }
  try {
    const typed = fromWireError(fromJson(ErrorSchema, JSON.parse(body) as JsonValue, { ignoreUnknownFields: true }));
    if (typed) return typed;
  } catch {
    // Whoever answered was not a Central that relays.
  }
  if (response.statusCode === 404) return new CyxwizError("UNIMPLEMENTED", { method: "Central's relay" });
  const message = `Central refused to relay: HTTP ${response.statusCode} ${body.slice(0, 200)}`;
  return new CyxwizError("REMOTE", { number: 0, message });
}
