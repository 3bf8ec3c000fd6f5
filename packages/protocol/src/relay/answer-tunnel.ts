import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { toJson } from "@bufbuild/protobuf";
import type { CyxwizError, GrpcStatus } from "@cyxwiz/errors";
import { toWireError } from "../errors/wire-error.ts";
import { ErrorSchema } from "../gen/cyxwiz/protocol/common_pb.ts";
import { TUNNEL_PROTOCOL } from "./tunnel.ts";

const HTTP_STATUS: Partial<Record<GrpcStatus, number>> = {
  INVALID_ARGUMENT: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  FAILED_PRECONDITION: 409,
  RESOURCE_EXHAUSTED: 429,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

/** Tells whoever asked for a tunnel that it is open: what follows on the socket is the other end's. */
export function acceptTunnel(socket: Duplex): void {
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: ${TUNNEL_PROTOCOL}\r\n\r\n`);
}

/** Tells whoever asked for a tunnel why there is none, and hangs up. The body is our `Error` as protobuf JSON. */
export function refuseTunnel(socket: Duplex, error: CyxwizError): void {
  const status = HTTP_STATUS[error.status] ?? 500;
  const body = JSON.stringify(toJson(ErrorSchema, toWireError(error)));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
