import { jobIdToBytes } from "@cyxwiz/contracts";
import { isCyxwizError } from "@cyxwiz/errors";
import { genesisHash, hashFromHex, type Reckoned, sha256Bulk } from "@cyxwiz/proof";
import { decodeState, encodeState, initialState, isOver, replay, specOfJob } from "@cyxwiz/training";
import { trainerInWorker } from "@cyxwiz/training/node";
import type { Job } from "../../database/schema/index.ts";
import { loadConfig } from "../../jobs/job-config.ts";
import type { Material, Parted } from "./material.ts";

/** The start of a job, from its terms, data and seed. */
export async function reckonStart(job: Job): Promise<Reckoned> {
  const config = loadConfig(job.config);
  const hash = genesisHash({
    jobId: jobIdToBytes(job.id),
    termsHash: job.termsHash ?? new Uint8Array(32),
    datasetHash: hashFromHex(config.datasetSha256, "dataset_sha256"),
    seed: config.seed,
    initialStateHash: await sha256Bulk(encodeState(initialState(specOfJob(config)))),
  });
  return { kind: "start", hash };
}

/**
 * What the job has, by its terms, at the one position where two have parted: an epoch by training it in a thread of its own,
 * the result from the last state.
 *
 * @throws CyxwizError `ABORTED`, and where training is not possible here
 */
export async function reckon(material: Material, parted: Parted): Promise<Reckoned> {
  try {
    return await train(material, parted);
  } catch (error) {
    // Both have agreed on a state that nothing can be trained from: it is the node's.
    if (isCyxwizError(error, "DATA_INVALID") || isCyxwizError(error, "TRAINING_DIVERGED")) return { kind: "nothing" };
    throw error;
  }
}

async function train(material: Material, { epoch: position, shown }: Parted): Promise<Reckoned> {
  const { spec, data, changes, state: bytes, signal } = material;
  const from = bytes === undefined ? initialState(spec) : decodeState(bytes);
  const isResult = shown.link === undefined;
  // The job ends where it is over, no sooner and no later.
  if (isOver(spec, from) !== isResult) return { kind: "nothing" };
  const to = isResult ? from.epoch : position;
  const options = { spec, dataset: data.dataset, from, to, changes, signal, trainer: trainerInWorker(data.source) };
  for await (const event of replay(options)) {
    if (isResult && event.type === "result") return { kind: "result", resultHash: event.resultHash };
    if (!isResult && event.type === "epoch") {
      return { kind: "epoch", stateHash: event.stateHash, metricsHash: event.metricsHash };
    }
  }
  return { kind: "nothing" };
}
