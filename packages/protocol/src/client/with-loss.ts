import { type ClientHttp2Stream, constants } from "node:http2";
import { Code, ConnectError } from "@connectrpc/connect";
import type { GrpcTransportOptions } from "@connectrpc/connect-node";

type Sessions = NonNullable<GrpcTransportOptions["sessionManager"]>;

/**
 * The same sessions, whose calls fail when their connection is lost before the answer began. Where the peer has said
 * goodbye first, HTTP/2 closes such a stream without an error, and Connect then waits for the answer until the deadline.
 */
export function withLoss(sessions: Sessions): Sessions {
  return {
    authority: sessions.authority,
    request: async (...request) => failIfLost(await sessions.request(...request)),
    notifyResponseByteRead: (stream) => sessions.notifyResponseByteRead(stream),
  };
}

function failIfLost(stream: ClientHttp2Stream): ClientHttp2Stream {
  let answered = false;
  stream.once("response", () => {
    answered = true;
  });
  stream.once("close", () => {
    if (answered || stream.rstCode !== constants.NGHTTP2_NO_ERROR) return;
    stream.emit("error", new ConnectError("the connection was lost before the answer", Code.Unavailable));
  });
  return stream;
}
