import { stat } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { pipeline, Readable } from "node:stream";
import { createServer } from "node:tls";
import { parentPort, workerData } from "node:worker_threads";
import { fileContent, serveJobResource } from "@cyxwiz/node";
import { type ServerCertificate, startTlsServer } from "@cyxwiz/protocol";

/** Runs in a thread of its own, so that serving and reading do not share one: our server, and the raw peer. */
const { path, certificate, sha256 } = workerData as { path: string; certificate: ServerCertificate; sha256: string };
const weights = fileContent({
  path,
  size: (await stat(path)).size,
  sha256,
  filename: "weights.safetensors",
});

const ours = await startTlsServer({
  host: "127.0.0.1",
  port: 0,
  certificate,
  routes: () => {},
  http: (request, response) => serveJobResource(request, response, () => weights),
  maxMessageBytes: 1024,
  onUnexpected: () => {},
});

const raw = createServer({ key: certificate.privateKeyPem, cert: certificate.certificatePem }, (socket) => {
  pipeline(Readable.from(chunks()), socket, () => {});
});

// From memory, without a file: what the line itself can carry.
function* chunks() {
  const chunk = Buffer.alloc(256 * 1024);
  for (let sent = 0; sent < weights.size; sent += chunk.length) yield chunk;
}
raw.listen(0, "127.0.0.1", () => {
  parentPort?.postMessage({ oursPort: ours.port, rawPort: (raw.address() as AddressInfo).port });
});
