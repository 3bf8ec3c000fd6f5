import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { parentPort, workerData } from "node:worker_threads";

/**
 * A long line, in a thread of its own: every byte arrives a while after it was sent, and a connection has so much under
 * way at most, as TCP has with its largest usual window.
 */
const { oneWayMs, targets } = workerData as { oneWayMs: number; targets: readonly number[] };
const WINDOW_BYTES = 6 * 1024 * 1024;

function delay(from: Socket, to: Socket): void {
  let underWay = 0;
  const later = (act: () => void) => setTimeout(act, oneWayMs);
  from.on("data", (chunk: Buffer) => {
    underWay += chunk.length;
    if (underWay >= WINDOW_BYTES) from.pause();
    later(() =>
      to.write(chunk, () => {
        underWay -= chunk.length;
        if (from.isPaused() && underWay < WINDOW_BYTES) from.resume();
      }),
    );
  });
  from.on("error", () => {});
  from.on("close", () => later(() => to.destroySoon()));
  from.on("end", () => later(() => to.end()));
}

const ports = await Promise.all(
  targets.map(async (target) => {
    const server = createServer({ noDelay: true }, (near) => {
      const far = connect({ port: target, host: "127.0.0.1", noDelay: true });
      delay(near, far);
      delay(far, near);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }),
);
parentPort?.postMessage(ports);
