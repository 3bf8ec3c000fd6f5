import { randomBytes, randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { createChain, loadKeypairFile } from "@cyxwiz/chain";
import { DEFAULT_PROGRAM_ADDRESSES, type ProgramAddresses } from "@cyxwiz/contracts";
import {
  AuditService,
  DisputeService,
  JobService,
  JobStatusService,
  loadOrCreateCertificate,
  NodeDiscoveryService,
  NodeService,
  openTunnel,
  ProofService,
  parseTunnelPath,
  RelayService,
  startTlsServer,
  WalletService,
} from "@cyxwiz/protocol";
import { address } from "@solana/kit";
import { inArray } from "drizzle-orm";
import type { Logger } from "pino";
import { auditService } from "./api/audit-service.ts";
import { discoveryService } from "./api/discovery-service.ts";
import { disputeService } from "./api/dispute-service.ts";
import { guard } from "./api/guard.ts";
import { healthEndpoint } from "./api/health.ts";
import { jobService } from "./api/job-service.ts";
import { jobStatusService } from "./api/job-status-service.ts";
import { limitCalls, limitHttp } from "./api/limit-requests.ts";
import { metricsEndpoint } from "./api/metrics.ts";
import { nodeService } from "./api/node-service.ts";
import { proofService } from "./api/proof-service.ts";
import { relayService } from "./api/relay-service.ts";
import { walletService } from "./api/wallet-service.ts";
import { createAuditor } from "./audits/auditor.ts";
import { type CentralConfig, type CentralOptions, parseConfig } from "./config/central-config.ts";
import type { Context, Sources } from "./context.ts";
import { connect } from "./database/connect.ts";
import { jobs } from "./database/schema/index.ts";
import { startDatabase } from "./database/start-database.ts";
import { createReferee, type Referee } from "./disputes/referee/referee.ts";
import { expireReservation, failUnstarted } from "./escrow/expire-reservation.ts";
import { startEventListener } from "./events/event-listener.ts";
import { openEventSource } from "./events/event-source.ts";
import { startForgetting } from "./jobs/forget-jobs.ts";
import { SETTLING } from "./jobs/lifecycle.ts";
import { listenForUpdates } from "./jobs/updates.ts";
import { createRequestLimits } from "./limits/request-limits.ts";
import { createLog } from "./log/create-log.ts";
import { startSweeping } from "./nodes/silence-sweep.ts";
import { openPlatformChain } from "./platform/open-platform-chain.ts";
import { type Relay, startRelay } from "./relay/relay.ts";
import { openReputationChain } from "./reputation/reputation-chain.ts";
import { createReputationWriter } from "./reputation/reputation-writer.ts";
import { createSettler } from "./settlement/settler.ts";
import { loadOrCreateTokenKeys } from "./tokens/token-keys.ts";
import { createTurns } from "./work/turns.ts";
import { startWorkQueue } from "./work/work-queue.ts";

/** A running Central. */
export interface Central {
  /** `https://host:port` */
  readonly url: string;
  readonly port: number;
  /** What clients pin. */
  readonly certificate: { readonly certificatePem: string; readonly fingerprintSha256: string };
  /** Ends calls in progress gracefully, then everything else. Safe to call twice. */
  close(): Promise<void>;
}

/** What tests replace, and where the log goes. */
export type CentralDependencies = Partial<Sources> & { readonly log?: Logger };

const MAX_SWEEP_MS = 1_000;
/** How long a connection through the own relay may take to come about. */
const RELAY_WITHIN_MS = 20_000;

/**
 * Starts Central: its database unless one is given, its workers, and its gRPC services on one TLS port.
 *
 * @example
 * const central = await startCentral({ dataDir: "central", rpcUrl: "http://127.0.0.1:8899", coordinatorKeypair: "k.json" });
 *
 * @throws CyxwizError CONFIG_INVALID naming every problem, UNREACHABLE (the database or the chain)
 */
export async function startCentral(options: CentralOptions, dependencies: CentralDependencies = {}): Promise<Central> {
  const config = parseConfig(options);
  const log = dependencies.log ?? createLog(config.logLevel);
  const sources: Sources = {
    nowMs: dependencies.nowMs ?? Date.now,
    newId: dependencies.newId ?? randomUUID,
    randomBytes: dependencies.randomBytes ?? randomBytes,
  };
  const cleanup = new AsyncDisposableStack();
  try {
    await mkdir(config.dataDir, { recursive: true });
    const stopChain = new AbortController();
    const chain = createChain({
      rpcUrls: [config.rpcUrl],
      wsUrl: config.wsUrl ?? webSocketUrl(config.rpcUrl),
      signal: stopChain.signal,
    });
    const programs = programsOf(config);
    const coordinator = await loadKeypairFile(config.coordinatorKeypair);
    const arbiter = config.arbiterKeypair === undefined ? undefined : await loadKeypairFile(config.arbiterKeypair);
    const platform = await openPlatformChain(chain, programs, coordinator, sources.nowMs, arbiter);
    const databaseUrl = config.databaseUrl ?? (await ownDatabase(config.dataDir, cleanup));
    const connection = cleanup.adopt(
      await connect(databaseUrl, (error) => log.warn({ err: error }, "database connection")),
      (opened) => opened.close(),
    );
    const updates = cleanup.adopt(await listenForUpdates(databaseUrl, log), (opened) => opened.close());
    const requestLimits = createRequestLimits(config);
    const base = { ...sources, config, log, chain: platform, updates, db: connection.db, requestLimits };
    const withKeys = { ...base, tokenKeys: await loadOrCreateTokenKeys(config.dataDir) };
    const withQueue = { ...withKeys, queue: { send: notStarted, sendOnce: notStarted, close: async () => {} } };
    const settler = createSettler(withQueue);
    const context: Context = Object.assign(withQueue, { settler });
    const reputation = createReputationWriter(context, await openReputationChain(chain, programs, coordinator));
    cleanup.defer(() => reputation.close());
    const certificate = await loadOrCreateCertificate({
      directory: config.dataDir,
      commonName: "cyxwiz-central",
      hosts: [...config.publicHosts, ...(config.host === "0.0.0.0" || config.host === "::" ? [] : [config.host])],
    });
    const { certificatePem, fingerprintSha256 } = certificate;
    let port = config.port;
    const self = () => ({
      url: config.replicaUrl ?? httpsUrl(config.publicHosts[0] ?? config.host, port),
      certificatePem,
    });
    const openRelay = (jobId: string, bearerToken: string, signal: AbortSignal) =>
      openTunnel({
        ...{ centralUrl: self().url, certificatePem: self().certificatePem, bearerToken, signal },
        end: { end: "job", id: jobId },
        timeoutMs: RELAY_WITHIN_MS,
      });
    const sight = { chain, programs, openRelay, inTurn: createTurns() };
    const auditor = createAuditor(context, sight);
    const referee = createReferee(context, sight);
    const queue = await startWorkQueue({
      databaseUrl,
      log,
      handlers: {
        settle: (jobId) => settler.run(jobId),
        anchor: (jobId) => settler.anchor(jobId),
        report: (jobId) => settler.report(jobId),
        audit: (jobId) => auditor.run(jobId),
        auditor: (jobId) => settler.settleAuditor(jobId),
        dispute: (jobId) => referee.run(jobId),
        expire: (jobId) => expireReservation(context, jobId),
        "start-timeout": (jobId) => failUnstarted(context, jobId),
        reputation: () => reputation.run(),
      },
    });
    Object.assign(context, { queue });
    cleanup.defer(() => queue.close());
    cleanup.defer(() => auditor.close());
    cleanup.defer(() => referee.close());
    cleanup.defer(() => settler.close());
    cleanup.defer(() => stopChain.abort());
    const sweeping = startSweeping(context, Math.min(MAX_SWEEP_MS, (config.silenceSeconds * 1_000) / 4));
    cleanup.defer(() => sweeping.stop());
    const forgetting = startForgetting(context);
    cleanup.defer(() => forgetting.stop());
    await resumeSettlements(context);
    void reputation.run().catch((error: unknown) => log.warn({ err: error }, "reputation is written later"));
    const listener = startEventListener(context, openEventSource(chain, programs), {
      hook: (events) => reputation.onEvents(events),
    });
    cleanup.defer(() => listener.stop());
    const relay = cleanup.adopt(await startRelay(context, { databaseUrl, self }), (started) => started.close());
    const server = cleanup.adopt(await serve(context, { relay, referee }, certificate), (started) => started.close());
    // First of all, because the server would wait for what is relayed.
    cleanup.defer(() => relay.close());
    port = server.port;
    const url = httpsUrl(config.host === "0.0.0.0" || config.host === "::" ? "127.0.0.1" : config.host, port);
    log.info({ url }, "Central is ready");
    let closing: Promise<void> | undefined;
    return {
      url,
      port: server.port,
      certificate: { certificatePem, fingerprintSha256 },
      close: () => (closing ??= cleanup.disposeAsync()),
    };
  } catch (error) {
    await cleanup.disposeAsync();
    throw error;
  }
}

interface Parts {
  readonly relay: Relay;
  readonly referee: Referee;
}

function serve(
  context: Context,
  { relay, referee }: Parts,
  certificate: Parameters<typeof startTlsServer>[0]["certificate"],
) {
  const { config, log, requestLimits } = context;
  const endpoints = [healthEndpoint(context), metricsEndpoint(context, () => relay.figures())];
  return startTlsServer({
    host: config.host,
    port: config.port,
    certificate,
    maxMessageBytes: config.maxMessageBytes,
    routes: (router) => {
      router.service(JobService, guard(jobService(context)));
      router.service(NodeService, guard(nodeService(context)));
      router.service(NodeDiscoveryService, guard(discoveryService(context)));
      router.service(JobStatusService, guard(jobStatusService(context)));
      router.service(WalletService, guard(walletService(context)));
      router.service(ProofService, guard(proofService(context)));
      router.service(AuditService, guard(auditService(context)));
      router.service(DisputeService, guard(disputeService(context, referee)));
      router.service(RelayService, guard(relayService(context, relay)));
    },
    upgrade: (request, socket) => {
      const end = parseTunnelPath(request.url);
      if (end) void relay.open(end, request, socket);
      else socket.end("HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n");
    },
    http: limitHttp(requestLimits, endpoints),
    interceptors: [limitCalls(requestLimits)],
    onUnexpected: (error, method) => log.error({ err: error, method }, "unexpected failure"),
  });
}

async function ownDatabase(dataDir: string, cleanup: AsyncDisposableStack): Promise<string> {
  const database = cleanup.adopt(await startDatabase({ dataDir }), (started) => started.close());
  return database.url;
}

// What was in the middle of settling when the last process ended goes on at once, without waiting for the queue.
async function resumeSettlements(context: Context): Promise<void> {
  const open = await context.db
    .select({ id: jobs.id })
    .from(jobs)
    .where(inArray(jobs.status, [...SETTLING]));
  for (const { id } of open) {
    await context.queue.send(context.db, "settle", id);
    void context.settler.run(id).catch((error: unknown) => context.log.warn({ err: error, jobId: id }, "later"));
  }
}

function programsOf(config: CentralConfig): ProgramAddresses {
  return {
    jobEscrow: address(config.jobEscrowProgram ?? DEFAULT_PROGRAM_ADDRESSES.jobEscrow),
    nodeRegistry: address(config.nodeRegistryProgram ?? DEFAULT_PROGRAM_ADDRESSES.nodeRegistry),
    reputationManager: address(config.reputationManagerProgram ?? DEFAULT_PROGRAM_ADDRESSES.reputationManager),
  };
}

function httpsUrl(host: string, port: number): string {
  return `https://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

// Validators have subscriptions on the port after the one of JSON-RPC.
function webSocketUrl(rpcUrl: string): string {
  const url = new URL(rpcUrl);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  if (url.port !== "") url.port = String(Number(url.port) + 1);
  return url.href;
}

async function notStarted(): Promise<never> {
  throw new Error("the work queue is not started yet");
}
