import type { JobConfig } from "@cyxwiz/protocol";
import { checkEscrow } from "../chain/check-escrow.ts";
import type { EscrowOnChain, NodeChain } from "../chain/node-chain.ts";
import { pause } from "../util/retry.ts";
import type { Agreement } from "./agreement.ts";
import { type CheckedJob, checkDatasetHash, checkTrainable } from "./check-job.ts";

/** How long an escrow may take to show up at the node's own RPC server; Central's may be ahead of it. */
const ESCROW_ATTEMPTS = 10;
const ESCROW_RETRY_MS = 300;

export interface ReceiveOptions {
  readonly chain: NodeChain;
  readonly nodeWallet: string;
  readonly mint: string;
  readonly nowSeconds: () => number;
}

/** A job as its client sends it; without a config it is the agreed one. */
export interface SentJob {
  readonly jobId: string;
  readonly config?: JobConfig | undefined;
  readonly initialDataset: Uint8Array;
  readonly datasetUri: string;
}

/** A job that was found to be in order. */
export interface Received {
  readonly checked: CheckedJob;
  readonly escrow: EscrowOnChain;
}

/**
 * Everything that must hold before a job whose data came with it is accepted: the config is the agreed one, the data is the
 * agreed data, the model can learn from it, and the tokens wait on chain. Checks cost nothing to whoever is honest and leave
 * no trace.
 */
export async function receiveJob(
  options: ReceiveOptions,
  agreement: Agreement,
  dataset: Uint8Array,
  signal: AbortSignal,
): Promise<Received> {
  const { jobId, config } = agreement;
  // Reading the chain takes longest, so it goes on beside the rest.
  const [escrow, checked] = await Promise.all([
    readAgreedEscrow(options, agreement, signal),
    (async (): Promise<CheckedJob> => {
      const datasetHash = await checkDatasetHash(dataset, config.datasetSha256, jobId);
      return { config, spec: checkTrainable(config, dataset, jobId), dataset, datasetHash };
    })(),
  ]);
  return { checked, escrow };
}

/** The escrow of a job, once it is the agreed one. Throws ESCROW_MISMATCH. */
export async function readAgreedEscrow(
  options: ReceiveOptions,
  agreement: Agreement,
  signal: AbortSignal,
): Promise<EscrowOnChain> {
  const escrow = await readEscrow(options.chain, agreement.escrowAddress, signal);
  checkEscrow(escrow, { ...options, agreement, nowSeconds: options.nowSeconds() });
  return escrow;
}

async function readEscrow(chain: NodeChain, address: string, signal: AbortSignal): Promise<EscrowOnChain | undefined> {
  for (let attempt = 1; ; attempt++) {
    const escrow = await chain.readEscrow(address, signal);
    if (escrow?.locked || attempt === ESCROW_ATTEMPTS) return escrow;
    await pause(ESCROW_RETRY_MS, signal);
    signal.throwIfAborted();
  }
}
