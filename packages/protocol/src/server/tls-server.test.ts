import { EventEmitter, once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { type ConnectRouter, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { CyxwizError } from "@cyxwiz/errors";
import { afterEach, expect, test } from "vitest";
import {
  createTlsTransport,
  JobExecutionService,
  JobService,
  loadOrCreateCertificate,
  type ServerCertificate,
  startTlsServer,
  TrainingUpdateSchema,
} from "../index.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function certificateIn(prefix: string): Promise<ServerCertificate> {
  const directory = await mkdtemp(join(tmpdir(), prefix));
  cleanups.push(() => rm(directory, { recursive: true }));
  return loadOrCreateCertificate({ directory, commonName: "test", hosts: ["localhost"] });
}

async function serve(
  routes: (router: ConnectRouter) => void,
  onUnexpected: (error: unknown) => void = () => {},
  port = 0,
) {
  const certificate = await certificateIn("cyxwiz-tls-");
  const server = await startTlsServer({
    host: "127.0.0.1",
    port,
    certificate,
    routes,
    http: (request, response) => {
      if (request.url !== "/hello") return false;
      response.end("hi");
      return true;
    },
    maxMessageBytes: 1024,
    onUnexpected,
  });
  cleanups.push(() => server.close(0));
  return { certificate, server, baseUrl: `https://127.0.0.1:${server.port}` };
}

function transportTo(baseUrl: string, certificatePem: string) {
  const transport = createTlsTransport({ peer: "the server", baseUrl, certificatePem, maxMessageBytes: 1024 });
  cleanups.push(() => transport.close());
  return transport.transport;
}

const jobService = (router: ConnectRouter) =>
  router.service(JobService, {
    getJobStatus: (request) => {
      if (request.jobId === "boom") throw new Error("secret detail");
      if (request.jobId !== "j1") throw new CyxwizError("JOB_NOT_FOUND", { jobId: request.jobId });
      return { status: { jobId: "j1" } };
    },
  });

test("one port speaks gRPC, gRPC-Web, Connect and plain HTTPS", async () => {
  const { certificate, baseUrl } = await serve(jobService);
  const nodeOptions = { ca: certificate.certificatePem };
  const transports = [
    transportTo(baseUrl, certificate.certificatePem),
    createGrpcWebTransport({ baseUrl, httpVersion: "1.1", nodeOptions }),
    createConnectTransport({ baseUrl, httpVersion: "1.1", nodeOptions }),
    createConnectTransport({ baseUrl, httpVersion: "2", nodeOptions }),
  ];
  for (const transport of transports) {
    const answer = await createClient(JobService, transport).getJobStatus({ jobId: "j1" });
    expect(answer.status?.jobId).toBe("j1");
  }
  const [response] = await once(get(`${baseUrl}/hello`, { ...nodeOptions, agent: false }), "response");
  expect(await response.setEncoding("utf8").toArray()).toEqual(["hi"]);
});

test("a typed error arrives as the same typed error, and an unexpected one tells nothing", async () => {
  const unexpected: unknown[] = [];
  const { certificate, baseUrl } = await serve(jobService, (error) => unexpected.push(error));
  const client = createClient(JobService, transportTo(baseUrl, certificate.certificatePem));
  await expect(client.getJobStatus({ jobId: "nope" })).rejects.toMatchObject({
    code: "JOB_NOT_FOUND",
    context: { jobId: "nope" },
  });
  const failure = await client.getJobStatus({ jobId: "boom" }).catch((error: Error) => error);
  expect(failure).toMatchObject({ code: "INTERNAL" });
  expect(String(failure)).not.toContain("secret");
  expect(unexpected).toMatchObject([{ message: "secret detail" }]);
});

test("only the pinned certificate is accepted", async () => {
  const { baseUrl } = await serve(jobService);
  const other = await certificateIn("cyxwiz-other-");
  const client = createClient(JobService, transportTo(baseUrl, other.certificatePem));
  await expect(client.getJobStatus({ jobId: "j1" })).rejects.toMatchObject({
    code: "CERTIFICATE_REFUSED",
    context: { problem: expect.stringContaining("self-signed") },
  });
});

test("a port that is taken is said to be", async () => {
  const { server } = await serve(jobService);
  const again = serve(jobService, () => {}, server.port);
  await expect(again).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    context: { problem: expect.stringContaining(`127.0.0.1:${server.port} is in use`) },
  });
});

test("nobody there, an unknown method and a message over the limit each have their code", async () => {
  const { certificate, server, baseUrl } = await serve(jobService);
  const client = createClient(JobService, transportTo(baseUrl, certificate.certificatePem));
  await expect(client.listJobs({})).rejects.toMatchObject({ code: "UNIMPLEMENTED" });
  await expect(client.getJobStatus({ jobId: "x".repeat(5000) })).rejects.toMatchObject({
    status: "RESOURCE_EXHAUSTED",
  });
  await server.close(0);
  await expect(client.getJobStatus({ jobId: "j1" })).rejects.toMatchObject({ code: "UNREACHABLE" });
});

test("a call whose connection is lost says so; one that is cancelled or closed on this side is cancelled", async () => {
  const arrived = new EventEmitter();
  const { certificate, server, baseUrl } = await serve((router) =>
    router.service(JobService, {
      getJobStatus: () => {
        arrived.emit("call");
        return new Promise(() => {});
      },
    }),
  );
  const { certificatePem } = certificate;
  const transport = createTlsTransport({ peer: "the server", baseUrl, certificatePem, maxMessageBytes: 1024 });
  cleanups.push(() => transport.close());
  const client = createClient(JobService, transport.transport);
  const call = async (signal?: AbortSignal) => {
    const heard = once(arrived, "call");
    const answer = client.getJobStatus({ jobId: "j1" }, signal ? { signal } : {}).catch((error: Error) => error);
    await heard;
    return { answer };
  };
  const abort = new AbortController();
  const aborted = await call(abort.signal);
  abort.abort();
  expect(await aborted.answer).toMatchObject({ code: "ABORTED" });
  const closed = await call();
  transport.close();
  expect(await closed.answer).toMatchObject({ code: "ABORTED" });
  const other = createTlsTransport({ peer: "the server", baseUrl, certificatePem, maxMessageBytes: 1024 });
  cleanups.push(() => other.close());
  const heard = once(arrived, "call");
  const lost = createClient(JobService, other.transport).getJobStatus({ jobId: "j1" });
  lost.catch(() => {});
  await heard;
  await server.close(0);
  await expect(lost).rejects.toMatchObject({ code: "UNREACHABLE" });
});

test("a handler whose client goes away in the middle of a large stream ends", async () => {
  const ended = Promise.withResolvers<void>();
  const { certificate, baseUrl } = await serve((router) =>
    router.service(JobExecutionService, {
      async *streamTrainingMetrics() {
        try {
          for (;;) yield create(TrainingUpdateSchema, { update: { case: "log", value: { message: "x".repeat(900) } } });
        } finally {
          ended.resolve();
        }
      },
    }),
  );
  const client = createClient(JobExecutionService, transportTo(baseUrl, certificate.certificatePem));
  const abort = new AbortController();
  const stream = client.streamTrainingMetrics((async function* () {})(), { signal: abort.signal });
  for await (const update of stream) {
    expect(update.update.case).toBe("log");
    break;
  }
  abort.abort();
  await ended.promise;
});

test("a certificate is made once and kept", async () => {
  const directory = await mkdtemp(join(tmpdir(), "cyxwiz-tls-"));
  cleanups.push(() => rm(directory, { recursive: true }));
  const options = { directory, commonName: "test", hosts: ["node.example", "10.0.0.7"] };
  const first = await loadOrCreateCertificate(options);
  expect(first.fingerprintSha256).toMatch(/^[0-9a-f]{64}$/);
  expect(await loadOrCreateCertificate(options)).toEqual(first);
  const threeYearsOn = Date.now() + 3 * 365 * 86_400_000;
  expect((await loadOrCreateCertificate({ ...options, nowMs: threeYearsOn })).fingerprintSha256).not.toBe(
    first.fingerprintSha256,
  );
});
