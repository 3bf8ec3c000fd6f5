import { existsSync } from "node:fs";
import { CyxwizError } from "@cyxwiz/errors";
import { toHex } from "@cyxwiz/proof";
import { changeOf, decodeState, replay, specOfJob } from "@cyxwiz/training";
import { openDatasetFile, trainerInWorker } from "@cyxwiz/training/node";
import { readOrders } from "../jobs/parameter-order.ts";
import { datasetPath } from "../states/job-directory.ts";
import type { JobRecord } from "../states/job-record.ts";
import { readState } from "../states/state-file.ts";
import type { StateStore } from "../states/state-store.ts";

/** A state that is shown as long as its job is disputed. */
export interface DisputedState {
  readonly epoch: number;
  readonly bytes: Uint8Array;
  /** Hex. */
  readonly sha256: string;
}

/**
 * The states that referees ask for. Not every state of a job is kept; the one before a disputed epoch is trained again from
 * the nearest that is, and held in memory, where no other job's states can push it out.
 */
export class DisputedStates {
  readonly #dataDir: string;
  readonly #states: StateStore;
  readonly #held = new Map<string, DisputedState>();

  constructor({ dataDir, states }: { readonly dataDir: string; readonly states: StateStore }) {
    this.#dataDir = dataDir;
    this.#states = states;
  }

  get(jobId: string, epoch: number): DisputedState | undefined {
    const held = this.#held.get(jobId);
    return held?.epoch === epoch ? held : undefined;
  }

  /** Sees to it that a state can be shown. Throws NOT_KEPT where the job's data is gone, and what training throws. */
  async hold(record: JobRecord, epoch: number, signal: AbortSignal): Promise<void> {
    const { jobId, agreement } = record;
    const kept = this.#states.list(jobId).filter((state) => state.epoch <= epoch);
    const nearest = kept.at(-1);
    // The initial state follows from the agreement.
    if (epoch === 0 || nearest?.epoch === epoch || this.get(jobId, epoch)) return;
    const spec = specOfJob(agreement.config);
    const path = datasetPath(this.#dataDir, jobId);
    if (!existsSync(path)) throw new CyxwizError("NOT_KEPT", { jobId, what: "The data set" });
    const from = nearest && decodeState(await readState(nearest));
    const changes = readOrders(this.#dataDir, jobId).map(({ parameters, firstEpoch }) => ({
      ...changeOf(parameters),
      firstEpoch,
    }));
    // Large data stays where it is.
    const dataset = openDatasetFile(path);
    try {
      const run = { spec, dataset, to: epoch, changes, trainer: trainerInWorker({ path }), signal };
      for await (const event of replay({ ...run, ...(from && { from }) })) {
        if (event.type !== "epoch" || event.epoch !== epoch) continue;
        this.#held.set(jobId, { epoch, bytes: event.stateBytes, sha256: toHex(event.stateHash) });
        return;
      }
    } finally {
      dataset.close();
    }
  }

  /** Lets go of the states of all other jobs. */
  keepOnly(jobIds: readonly string[]): void {
    for (const jobId of this.#held.keys()) if (!jobIds.includes(jobId)) this.#held.delete(jobId);
  }
}
