import { createClient } from "@connectrpc/connect";
import type { Chain } from "@cyxwiz/chain";
import { DEFAULT_PROGRAM_ADDRESSES, type ProgramAddresses } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { CENTRAL_AUDIENCE, createTlsTransport, JobService, openTunnel, signWalletToken } from "@cyxwiz/protocol";
import type { KeyPairSigner } from "@solana/kit";
import type { EngineContext } from "./engine-context.ts";
import type { JobHandle } from "./job/job-handle.ts";
import { JobRecords } from "./job/job-record.ts";
import type { JobRequest } from "./job/job-request.ts";
import { startJob } from "./job/start-job.ts";
import { runJob } from "./run-job.ts";
import { type Recovery, recoverFunds } from "./stages/recover-funds.ts";

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
  /** Jobs whose escrow this Engine, or one before it that crashed, has not seen through to the end. */
  unfinished(): Promise<readonly string[]>;
  /**
   * Gives up a job that a crashed Engine left behind, and gets back what is in its escrow.
   *
   * @throws CyxwizError `JOB_NOT_FOUND` when `dataDir` has no record of it
   */
  recover(jobId: string, options?: { readonly signal?: AbortSignal }): Promise<Recovery>;
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
    slotsTaken: new Set(),
    nowMs,
  };
  return {
    submit: (job, submitOptions = {}) =>
      startJob((running) => runJob({ ...context, ...running }, job), [options.signal, submitOptions.signal]),
    unfinished: () => context.records.list(),
    async recover(jobId, { signal = new AbortController().signal } = {}) {
      const record = await context.records.read(jobId);
      if (!record) throw new CyxwizError("JOB_NOT_FOUND", { jobId });
      const recovering = { ...context, signal, emit: () => {} };
      const recovery = await recoverFunds(recovering, record, { reason: "its Engine is gone", cancel: true, signal });
      if (recovery !== "still in escrow") await context.records.remove(jobId);
      return recovery;
    },
    close,
  };
}
