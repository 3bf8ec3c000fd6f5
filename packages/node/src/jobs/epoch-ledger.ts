import { sha256Bulk } from "@cyxwiz/proof";
import { type EpochEvent, type EpochMetrics, encodeState, type TrainingState } from "@cyxwiz/training";
import type { ReportedLink } from "../central-client/report.ts";
import type { KeptLink } from "../states/link-journal.ts";
import type { FinishedEpoch } from "./finished-epoch.ts";
import type { JobOptions } from "./job-options.ts";
import type { ParameterOrder } from "./parameter-order.ts";
import type { ProofChain } from "./proof-chain.ts";
import { checkpointUpdate, type Metrics } from "./updates.ts";

type LedgerOptions = Pick<JobOptions, "checked" | "kept" | "reports" | "resume" | "updates" | "nowSeconds">;

/** The epochs of a job as they are done: what each commits to, what is kept of it, and who is told. */
export class EpochLedger {
  readonly #jobId: string;
  readonly #options: LedgerOptions;
  /** Those whose first epoch is not done yet. */
  #orders: ParameterOrder[];
  #finished: FinishedEpoch | undefined;
  #done = 0;

  constructor(jobId: string, options: LedgerOptions) {
    this.#jobId = jobId;
    this.#options = options;
    this.#orders = [...(options.resume?.orders ?? [])];
  }

  /** The newest epoch with its weights, while the job is on; epoch 0 before the first one is done. */
  get finished(): FinishedEpoch | undefined {
    return this.#finished;
  }

  /** Epochs that are done and committed to. */
  get done(): number {
    return this.#done;
  }

  /** Notes an order to change parameters, for the link of its first epoch. */
  order(order: ParameterOrder): void {
    this.#orders.push(order);
  }

  /** Where the job stands when its first step comes: at its start, or where an earlier run of the node has left it. */
  begin(chain: ProofChain, { epoch, weights }: TrainingState): void {
    const { kept, resume } = this.#options;
    const { checkpointHash: hash, metrics } = kept.known[epoch] ?? { ...chain.start, metrics: {} };
    this.#finished = { epoch, hash, metrics, weights };
    this.#done = Math.max(0, kept.known.length - 1);
    // Killed between writing a link down and reporting it.
    for (const link of kept.known.slice((resume?.reportedEpochs ?? 0) + 1)) this.#report(link, chain.start);
  }

  /** Commits to an epoch that is done. */
  async add({ epoch, metrics: measured, state }: EpochEvent, chain: ProofChain): Promise<void> {
    const { kept, updates, nowSeconds } = this.#options;
    const metrics = toMetrics(measured);
    const bytes = encodeState(state);
    const orders = this.#orders.filter(({ firstEpoch }) => firstEpoch === epoch);
    this.#orders = this.#orders.filter(({ firstEpoch }) => firstEpoch > epoch);
    const added = chain.add(await sha256Bulk(bytes), metrics, nowSeconds());
    const link = { ...added, ...(orders.length > 0 && { orders }), metrics };
    kept.offerState(link.epoch, link.stateHash, bytes);
    this.#finished = { epoch, hash: link.checkpointHash, metrics, weights: state.weights };
    // What an earlier run has made of this epoch, it or the start of this one has also told.
    if (link.epoch < kept.known.length) return;
    kept.keepLink(link);
    this.#done = epoch;
    this.#report(link, chain.start);
    updates.publish(checkpointUpdate(this.#jobId, nowSeconds(), epoch, link.checkpointHash, metrics));
  }

  /** Lets go of the weights: the job is over. */
  close(): void {
    this.#finished = undefined;
  }

  #report({ metrics, ...link }: KeptLink, start: ReportedLink): void {
    const { reports, checked } = this.#options;
    const { epoch } = link;
    const links = epoch === 1 ? [start, link] : [link];
    reports.add({ type: "progress", epoch, fraction: epoch / checked.spec.training.epochs, metrics, links });
  }
}

/** Metrics as they are committed to: those that there are. */
export function toMetrics(metrics: EpochMetrics): Metrics {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => value !== undefined));
}
