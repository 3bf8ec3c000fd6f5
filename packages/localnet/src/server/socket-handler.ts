import type { Server } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import { dispatch } from "../rpc/dispatch.ts";
import type { Localhost } from "../rpc/localhost.ts";
import { Session } from "../subscriptions/session.ts";

const MAX_MESSAGE_BYTES = 50 * 1024;
/** A client that has let this much pile up isn't reading any more. */
const MAX_UNREAD_BYTES = 16 << 20;

/** Serves subscriptions to WebSocket clients of these servers. Gives the function that ends all of them. */
export function serveSockets(servers: readonly Server[], host: Localhost): () => void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  sockets.on("connection", (socket: WebSocket) => serve(socket, host));
  for (const server of servers) {
    server.on("upgrade", (request, connection, head) => {
      sockets.handleUpgrade(request, connection, head, (socket) => sockets.emit("connection", socket, request));
    });
  }
  return () => {
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
  };
}

function serve(socket: WebSocket, host: Localhost): void {
  const session = new Session(host, (text) => {
    if (socket.bufferedAmount > MAX_UNREAD_BYTES) socket.terminate();
    else socket.send(text);
  });
  // One message after the other, so that answers come in the order of the questions.
  let turn = Promise.resolve();
  socket.on("message", (data) => {
    const text = data.toString();
    turn = turn.then(async () => {
      session.answered(await dispatch(text, (method, params) => session.call(method, params)));
    });
  });
  // A broken frame also closes the socket, which is all there is to do.
  socket.on("error", () => {});
  socket.on("close", () => session.close());
}
