import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import type { Duplex } from "node:stream";
import type { Backoff } from "@cyxwiz/chain";
import { CyxwizError } from "@cyxwiz/errors";
import { hashFromHex } from "@cyxwiz/proof";
import { JobExecutionService, loadOrCreateCertificate, type ServerCertificate, startTlsServer } from "@cyxwiz/protocol";
import { createExecutionService, weightsOf } from "./api/execution-service.ts";
import { AuditDesk } from "./audits/audit-desk.ts";
import { loadOrMeasureScore } from "./benchmark/benchmark.ts";
import { CentralClient } from "./central-client/central-client.ts";
import { keepBeating } from "./central-client/heartbeat.ts";
import { createNodeChain } from "./chain/create-node-chain.ts";
import type { NodeChain } from "./chain/node-chain.ts";
import { type NodeConfig, parseNodeConfig } from "./config/node-config.ts";
import { type AddressPolicy, isPublicAddress } from "./data/public-address.ts";
import { DisputeDesk } from "./disputes/dispute-desk.ts";
import { DisputedStates } from "./disputes/disputed-states.ts";
import { createHousekeeping } from "./housekeeping.ts";
import { authorizeReader } from "./http/authorize-reader.ts";
import { serveJobResource } from "./http/job-resource.ts";
import { fileContent } from "./http/serve-content.ts";
import { hashCapabilities, type NodeDescription, readCapabilities, toNodeInfo } from "./identity/capabilities.ts";
import { ensureRegistered } from "./identity/ensure-registered.ts";
import { loadWallet } from "./identity/wallet.ts";
import { JobExecutor } from "./jobs/executor.ts";
import { errorUpdate } from "./jobs/updates.ts";
import { answerCalls } from "./relay/answer-calls.ts";
import { JobSlot } from "./sessions/job-slot.ts";
import { restoreSessions } from "./sessions/restore-sessions.ts";
import { SessionStore } from "./sessions/session-store.ts";
import { findKept } from "./states/find-kept.ts";
import { StateStore } from "./states/state-store.ts";
import type { Environment } from "./util/environment.ts";
import { createLogger, describe, type Logger } from "./util/log.ts";
import { retry } from "./util/retry.ts";
import { WeightsStore } from "./weights/weights-store.ts";

/** A node that is registered, staked and open for jobs. */
export interface RunningNode {
  /** `host:port` that clients connect to. */
  readonly endpoint: string;
  /** The id that Central knows the node by. */
  readonly nodeId: string;
  /** The wallet, base58. */
  readonly wallet: string;
  readonly certificate: ServerCertificate;
  /** GFLOP/s of the training backend. */
  readonly computeScore: number;
  /** Stops the running job, tells Central, and lets go of everything. Safe to call twice. */
  close(): Promise<void>;
}

/** What a node gets from outside; everything has a default. */
export interface NodeDependencies {
  readonly environment?: Environment;
  readonly chain?: NodeChain;
  readonly log?: Logger;
  /** Between attempts to reach Central. */
  readonly backoff?: Backoff;
  /** Which addresses data may be fetched from; default: public ones. Whoever allows others lets clients reach them. */
  readonly mayFetchFrom?: AddressPolicy;
  /** Gives up starting; a node that runs already is ended by its `close`. */
  readonly signal?: AbortSignal;
}

const DEFAULT_BACKOFF: Backoff = { firstMs: 250, maxMs: 15_000 };
const TIDY_EVERY_MS = 60_000;

/**
 * Starts a node: reads its wallet, makes its certificate, registers and stakes on chain, measures itself, registers
 * with Central, and serves clients. Whatever has started when something fails is stopped again.
 *
 * @throws CyxwizError `CONFIG_INVALID`, `NODE_NOT_ALLOWED`, `STAKE_NOT_FUNDED`, `UNREACHABLE` and what else chain and
 * Central answer.
 * @example
 * const node = await startNode({ dataDir, walletPath, central: { endpoint: "localhost:50051" }, chain });
 * console.log(node.endpoint);
 */
export async function startNode(config: NodeConfig, dependencies: NodeDependencies = {}): Promise<RunningNode> {
  const settings = parseNodeConfig(config);
  const environment = dependencies.environment ?? {
    nowMs: Date.now,
    randomToken: () => randomBytes(32).toString("base64url"),
  };
  const nowSeconds = () => Math.floor(environment.nowMs() / 1000);
  const log = dependencies.log ?? createLogger(settings.logLevel);
  const backoff = dependencies.backoff ?? DEFAULT_BACKOFF;
  await using cleanups = new AsyncDisposableStack();
  const stopping = new AbortController();
  cleanups.defer(() => stopping.abort());

  await mkdir(settings.dataDir, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    const problem = `the data directory cannot be used (${error.code})`;
    throw new CyxwizError("CONFIG_INVALID", { source: settings.dataDir, problem }, { cause: error });
  });
  const wallet = await loadWallet(settings.walletPath);
  const host = settings.advertisedHost ?? settings.host;
  const certificate = await loadOrCreateCertificate({
    directory: settings.dataDir,
    commonName: settings.name,
    hosts: [host],
    nowMs: environment.nowMs(),
  });
  const capabilities = readCapabilities();
  const chain = dependencies.chain ?? createNodeChain(settings.chain, wallet);
  cleanups.defer(() => chain.close());

  const waitFor = (whom: string) => (error: unknown) =>
    log.warn({ problem: describe(error) }, `${whom} cannot be reached; trying again`);
  const timeout = AbortSignal.timeout(settings.startTimeoutMs);
  const startSignal = dependencies.signal ? AbortSignal.any([dependencies.signal, timeout]) : timeout;
  const [mint, computeScore] = await Promise.all([
    (async () => {
      const registration = {
        chain,
        wallet: wallet.address,
        fingerprint: hashFromHex(certificate.fingerprintSha256, "certificate fingerprint"),
        capabilitiesHash: hashCapabilities(capabilities),
        stakeAmount: settings.stakeAmount,
        signal: startSignal,
        log,
      };
      await retry(() => ensureRegistered(registration), backoff, startSignal, waitFor("the chain"));
      return chain.readMint(startSignal);
    })(),
    settings.computeScore ?? loadOrMeasureScore(settings.dataDir, capabilities.cpuModel, log),
  ]);

  const { audits } = settings;
  const description = { audits, name: settings.name, region: settings.region, host, wallet: wallet.address };
  let served: Pick<NodeDescription, "nodeId" | "port"> = { nodeId: "", port: settings.port };
  const describeNode = () => toNodeInfo({ ...description, ...served, computeScore, capabilities });
  const central = new CentralClient({
    endpoint: settings.central.endpoint,
    certificatePem: settings.central.certificatePem,
    wallet,
    nodeCertificatePem: certificate.certificatePem,
    describe: describeNode,
    callTimeoutMs: settings.callTimeoutMs,
    environment,
  });
  cleanups.defer(() => central.close());

  const sessions = new SessionStore();
  const weights = new WeightsStore(settings.dataDir);
  const keep = {
    dataDir: settings.dataDir,
    states: new StateStore({
      dataDir: settings.dataDir,
      budgetBytes: settings.stateBudgetBytes,
      nowMs: environment.nowMs,
      log,
    }),
    everyEpochs: settings.stateEveryEpochs,
    monotonicMs: () => performance.now(),
    log,
  };
  const disputed = new DisputedStates(keep);
  const slot = new JobSlot({ nowMs: environment.nowMs, sendJobWithinMs: settings.sendJobWithinMs });
  const endpointOf = (port: number) => `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const stores = { dataDir: settings.dataDir, sessions, weights, keep };
  const keptFor = { weightsMs: settings.sessionKeptMs, statesMs: settings.auditWindowMs };
  const housekeeping = createHousekeeping({ ...stores, keptFor, nowMs: environment.nowMs, log });
  await housekeeping.tidy();
  restoreSessions(sessions, settings, environment.nowMs());
  const executor = new JobExecutor({
    central,
    sessions,
    wallet,
    weights,
    keep,
    data: {
      maxBytes: settings.maxDatasetBytes,
      memoryBytes: settings.datasetMemoryBytes,
      timeoutMs: settings.datasetTimeoutMs,
      silenceMs: settings.datasetSilenceMs,
      mayConnectTo: dependencies.mayFetchFrom ?? isPublicAddress,
    },
    onStop: settings.onStop,
    maxSubscribers: settings.maxSubscribers,
    slot,
    chain,
    nodeWallet: wallet.address,
    mint,
    endpoint: () => endpointOf(served.port),
    nowSeconds,
    nowMs: environment.nowMs,
    maxPausedMs: settings.maxPausedMs,
    maxReservationMs: settings.maxReservationMs,
    backoff,
    log,
  });
  await executor.restore();
  const service = createExecutionService({
    central,
    sessions,
    slot,
    executor,
    environment,
    maxSubscribers: settings.maxSubscribers,
    dataDir: settings.dataDir,
    memoryBytes: capabilities.memoryBytes,
    log,
  });
  const server = await startTlsServer({
    host: settings.host,
    port: settings.port,
    certificate,
    routes: (router) => router.service(JobExecutionService, service),
    http: (request, response) =>
      serveJobResource(request, response, async (resource, authorization) => {
        const reader = { sessions, registration: () => central.registration, nowSeconds };
        const session = await authorizeReader(reader, resource, authorization);
        if (resource.kind !== "weights" || !session) return findKept({ ...keep, disputed }, resource);
        return fileContent({ ...weightsOf(session), filename: "weights.safetensors" });
      }),
    maxMessageBytes: settings.maxMessageBytes,
    onUnexpected: (error, method) => log.error({ err: error, method }, "a call failed unexpectedly"),
  });
  cleanups.defer(() => server.close(settings.closeGraceMs));
  const port = settings.advertisedPort ?? server.port;
  served = { nodeId: "", port };

  const { nodeId } = await retry(() => central.register(), backoff, startSignal, waitFor("Central"));
  served = { nodeId, port };
  const desk = new AuditDesk({ central, chain, signer: wallet.signer, nowMs: environment.nowMs, backoff, log });
  const disputeDesk = new DisputeDesk({
    ...{ central, dataDir: settings.dataDir, states: disputed, wallet, signal: stopping.signal, log },
  });
  cleanups.defer(() => desk.close());
  const beating = keepBeating({
    central,
    describeNode,
    activeJobs: () => executor.activeJobs(),
    heldForWallet: () => slot.keptFor ?? "",
    pausedJobs: () => executor.pausedJobs(),
    onAudits: (assignments) => desk.assign(assignments),
    onDisputes: (jobIds) => disputeDesk.answer(jobIds),
    onCancel: (jobIds) => executor.cancel(jobIds, "Central asked to stop it"),
    backoff,
    signal: stopping.signal,
    log,
  });
  const accept = (connection: Duplex) => server.accept(connection);
  const { callTimeoutMs } = settings;
  const answering = settings.relay
    ? answerCalls({ central, accept, callTimeoutMs, backoff, signal: stopping.signal, log })
    : undefined;
  cleanups.defer(async () => {
    stopping.abort();
    await Promise.all([beating, answering]);
  });
  const tidying = setInterval(() => void housekeeping.tidy(), TIDY_EVERY_MS).unref();
  cleanups.defer(() => clearInterval(tidying));
  cleanups.defer(() => {
    // Clients that wait for a job to be sent would wait until their connection is cut.
    for (const { updates, jobId } of sessions.all()) {
      updates.publish(errorUpdate(jobId, nowSeconds(), new CyxwizError("NODE_STOPPING", { nodeId }), 0));
    }
  });
  cleanups.defer(() => executor.close(settings.closeGraceMs));
  cleanups.defer(() => slot.close());

  await executor.resume();

  const endpoint = endpointOf(port);
  log.info({ nodeId, endpoint, wallet: wallet.address, computeScore }, "open for jobs");
  const running = cleanups.move();
  let closing: Promise<void> | undefined;
  return {
    endpoint,
    nodeId,
    wallet: wallet.address,
    certificate,
    computeScore,
    close: () => {
      closing ??= running.disposeAsync();
      return closing;
    },
  };
}
