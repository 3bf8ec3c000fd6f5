import { createClient } from "@connectrpc/connect";
import type { Chain } from "@cyxwiz/chain";
import { DEFAULT_PROGRAM_ADDRESSES, type ProgramAddresses } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import {
  CENTRAL_AUDIENCE,
  createTlsTransport,
  DisputeService,
  JobService,
  openTunnel,
  ProofService,
  signWalletToken,
} from "@cyxwiz/protocol";
import { type VerifyOptions as HowFar, type JobVerdict, verifyJob } from "@cyxwiz/verify";
import type { KeyPairSigner } from "@solana/kit";
import { type AttachOptions, attachJob } from "./attach/attach-job.ts";
import { type Cancellation, type CancelOptions, cancelJob } from "./attach/cancel-job.ts";
import { type JobSummary, listJobs } from "./attach/list-jobs.ts";
import { openControl } from "./attach/open-control.ts";
import type { DisputeResult } from "./disputes/dispute-event.ts";
import { type DisputeOptions, disputeJob } from "./disputes/dispute-job.ts";
import type { EngineContext } from "./engine-context.ts";
import type { JobHandle } from "./job/job-handle.ts";
import { JobRecords } from "./job/job-record.ts";
import type { JobRequest } from "./job/job-request.ts";
import { type RunningJob, startJob } from "./job/start-job.ts";
import type { JobControl } from "./node-session/job-control.ts";
import { KeptNodes } from "./node-session/kept-nodes.ts";
import { runJob } from "./run-job.ts";
import { type Recovery, recoverFunds } from "./stages/recover-funds.ts";
import { ownJob } from "./verify/own-job.ts";

const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
/** Longer than Central waits for a node, so that it is Central who says that the node does not answer. */
const RELAY_WITHIN_MS = 20_000;

/** What an engine needs: a wallet, a chain, Central, and a place for its records. */
export interface EngineOptions {
  readonly central: {
    /** `https://host:port` */
    readonly url: string;
    /** Central's own certificate: only this one is accepted. Without it, the system's authorities decide. */
    readonly certificatePem?: string;
  };
  /** See `createChain` of `@cyxwiz/chain`. */
  readonly chain: Chain;
  /** Pays for the jobs and owns them. See `loadKeypairFile` of `@cyxwiz/chain`. */
  readonly wallet: KeyPairSigner;
  /** Where is written down what has to survive a crash while tokens are in escrow. */
  readonly dataDir: string;
  /** Ends every job when it aborts. */
  readonly signal?: AbortSignal;
  readonly programs?: ProgramAddresses;
  /** The clock; default `Date.now`. */
  readonly nowMs?: () => number;
}

/** How far to verify a job, and by what. */
export interface VerifyOptions extends Omit<HowFar, "own"> {
  /** The job as the payer has it. Without it, model and data come from the node; either is held against the terms. */
  readonly own?: JobRequest;
}

/** Gets models trained by others. */
export interface Engine {
  /**
   * Starts a job: quote, escrow, training, download, payment, receipt.
   *
   * @example
   * const job = engine.submit(await loadJobFile("job.json"));
   * for await (const event of job) console.log(event.type);
   * const { weightsPath, receipt } = await job.result;
   */
  submit(job: JobRequest, options?: { readonly signal?: AbortSignal }): JobHandle;
  /**
   * Takes up a job that another Engine process of this wallet has submitted, whether it still runs or has ended
   * meanwhile: with a new token, from its first checkpoint on, to the receipt.
   *
   * @example
   * const job = engine.attach(jobId, { output: "weights.safetensors" });
   */
  attach(jobId: string, options?: AttachOptions & { readonly signal?: AbortSignal }): JobHandle;
  /** Commands to a job of this wallet, without following it. Call `close` when done. */
  control(jobId: string, options?: { readonly signal?: AbortSignal }): Promise<JobControl & { close(): void }>;
  /**
   * Cancels a job of this wallet, and settles it: of one that runs, the node is paid for the part done.
   *
   * @throws CyxwizError `JOB_NOT_FOUND`, `JOB_ENDED` when it is over already
   */
  cancel(jobId: string, options?: CancelOptions & { readonly signal?: AbortSignal }): Promise<Cancellation>;
  /** This wallet's jobs as Central has them, newest first. */
  jobs(options?: { readonly limit?: number; readonly signal?: AbortSignal }): Promise<readonly JobSummary[]>;
  /** Jobs whose escrow this Engine, or one before it that crashed, has not seen through to the end. */
  unfinished(): Promise<readonly string[]>;
  /**
   * Gives up a job that a crashed Engine left behind, and gets back what is in its escrow.
   *
   * @throws CyxwizError `JOB_NOT_FOUND` when `dataDir` has no record of it
   */
  recover(jobId: string, options?: { readonly signal?: AbortSignal }): Promise<Recovery>;
  /**
   * Verifies a job of this wallet: that its public commitments fit together and are those on chain, then, by replaying
   * them bit for bit, that some or all of its epochs were trained as agreed. Everything that Central and the node say is
   * checked; the replays run in this process.
   *
   * @throws CyxwizError where nothing can be said, e.g. `UNREACHABLE`, `NOT_YOURS`, `NOT_KEPT`, `NOT_POSSIBLE_NOW`
   * @example
   * const { holds, replayed } = await engine.verify(jobId, { choice: { kind: "random", count: 3 } });
   */
  verify(jobId: string, options: VerifyOptions): Promise<JobVerdict>;
  /**
   * Disputes a job of this wallet: trains it again, and where that gives something else than its node has committed to, opens
   * the dispute on chain and plays it out with the node until the referee has found the epoch and decided.
   *
   * @throws CyxwizError `NOT_POSSIBLE_NOW` (paid already, nothing committed to), `JOB_TERMS_MISMATCH`, `UNREACHABLE`
   * @example
   * const result = await engine.dispute(jobId, { own: await loadJobFile("job.json") });
   */
  dispute(jobId: string, options?: DisputeOptions): Promise<DisputeResult>;
  /**
   * Says what this wallet thinks of how a node has done its job, once, when that is paid: it counts for the node's reputation.
   *
   * @param stars 0 to 5
   * @throws CyxwizError `INVALID_FIELD`, `NOT_YOURS`, `NOT_POSSIBLE_NOW` (not paid, or rated already), `JOB_NOT_FOUND`
   */
  rate(jobId: string, stars: number, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Closes the connection to Central; jobs under way fail. */
  close(): void;
}

/** Connects nothing yet: every connection is made when a job needs it. */
export function createEngine(options: EngineOptions): Engine {
  const { wallet, nowMs = Date.now } = options;
  const { url, certificatePem } = options.central;
  const certificate = certificatePem === undefined ? {} : { certificatePem };
  const walletToken = () =>
    signWalletToken({
      wallet: wallet.address,
      privateKey: wallet.keyPair.privateKey,
      audience: CENTRAL_AUDIENCE,
      nowSeconds: Math.floor(nowMs() / 1000),
    });
  const { transport, close } = createTlsTransport({
    peer: "Central",
    baseUrl: url,
    ...certificate,
    bearerToken: walletToken,
    maxMessageBytes: MAX_MESSAGE_BYTES,
  });
  const context: EngineContext = {
    central: createClient(JobService, transport),
    proofs: createClient(ProofService, transport),
    disputes: createClient(DisputeService, transport),
    openRelay: async (jobId, signal) =>
      openTunnel({
        centralUrl: url,
        ...certificate,
        end: { end: "job", id: jobId },
        bearerToken: await walletToken(),
        timeoutMs: RELAY_WITHIN_MS,
        signal,
      }),
    chain: options.chain,
    wallet,
    programs: options.programs ?? DEFAULT_PROGRAM_ADDRESSES,
    records: new JobRecords(options.dataDir),
    keptNodes: new KeptNodes(),
    slotsTaken: new Set(),
    nowMs,
  };
  return {
    submit: (job, submitOptions = {}) =>
      startJob((running) => runJob({ ...context, ...running }, job), [options.signal, submitOptions.signal]),
    attach: (jobId, { signal, ...attachOptions } = {}) =>
      startJob((running) => attachJob({ ...context, ...running }, jobId, attachOptions), [options.signal, signal]),
    async control(jobId, { signal = NEVER } = {}) {
      const { link, ...rest } = await openControl({ ...context, ...quiet(signal) }, jobId);
      return { ...rest, close: () => link.close() };
    },
    cancel: (jobId, { signal = NEVER, ...cancelOptions } = {}) =>
      cancelJob({ ...context, ...quiet(signal) }, jobId, cancelOptions),
    jobs: ({ limit = 50, signal = NEVER } = {}) => listJobs(context.central, { limit, signal }),
    unfinished: () => context.records.list(),
    async recover(jobId, { signal = NEVER } = {}) {
      const record = await context.records.read(jobId);
      if (!record) throw new CyxwizError("JOB_NOT_FOUND", { jobId });
      const recovering = { ...context, ...quiet(signal) };
      const job = { jobId, escrow: record.escrow, record };
      const recovery = await recoverFunds(recovering, job, { reason: "its Engine is gone", cancel: true, signal });
      if (recovery !== "still in escrow") await context.records.remove(jobId);
      return recovery;
    },
    verify: (jobId, { own, ...rest }) =>
      verifyJob(context, jobId, { ...rest, ...(own && { own: (claimed) => ownJob(own, claimed) }) }),
    dispute: (jobId, disputeOptions = {}) => disputeJob(context, jobId, disputeOptions),
    async rate(jobId, stars, { signal = NEVER } = {}) {
      await context.central.rateJob({ jobId, stars }, { signal });
    },
    close: () => {
      context.keptNodes.close();
      close();
    },
  };
}

const NEVER = new AbortController().signal;

/** For what is done to a job without a handle on it. */
function quiet(signal: AbortSignal): RunningJob {
  return { signal, emit: () => undefined, onControl: () => undefined, isDetached: () => false };
}
