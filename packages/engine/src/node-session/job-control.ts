import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { signBytes } from "@cyxwiz/chain";
import { jobIdToBytes } from "@cyxwiz/contracts";
import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import { encodeParameterOrder } from "@cyxwiz/proof";
import type { JobContext } from "../engine-context.ts";
import type { Metrics } from "../events/job-event.ts";
import { askForStatus } from "../stages/job-end.ts";
import type { NodeLink } from "./node-link.ts";

/** An epoch, from 1, and a batch of it, as the node last heard of them. */
export interface JobPosition {
  readonly epoch: number;
  readonly batch: number;
}

/** A job's newest finished epoch with its weights; epoch 0 is the start. */
export interface JobCheckpoint {
  readonly epoch: number;
  /** The epoch's link of the hash chain, hex. */
  readonly hash: string;
  readonly metrics: Metrics;
  /** A safetensors file. */
  readonly weights: Uint8Array;
}

/** What a running job can still be given; a batch size needs the wallet's signature, which the Engine gives. */
export interface JobParameters {
  readonly learningRate?: number;
  readonly batchSize?: number;
  /** The first epoch that is trained so. Default: the next that is in time. */
  readonly firstEpoch?: number;
}

/**
 * Commands to a job on its node. All throw CyxwizErrors: `JOB_ILLEGAL_MOVE` for a job that is over, `UNREACHABLE`, and what
 * else the node says.
 */
export interface JobControl {
  /** Holds training before its next step; the node lets it go on by itself when its limit is reached. */
  pause(): Promise<JobPosition>;
  resume(): Promise<JobPosition>;
  checkpoint(): Promise<JobCheckpoint>;
  /**
   * Changes parameters from the start of an epoch on.
   *
   * @returns that epoch
   */
  change(parameters: JobParameters): Promise<number>;
}

const unpack = promisify(gunzip);
/** More than 2^ATTEMPTS epochs ahead of what Central has heard no job can be. */
const ATTEMPTS = 16;

/** Controls the job at the other end of a link. */
export function createJobControl(context: JobContext, jobId: string, link: NodeLink): JobControl {
  const { signal } = context;
  const client = async () => (await link.session()).client;
  return {
    async pause() {
      const { currentEpoch, currentBatch } = await (await client()).pauseTraining({ jobId }, { signal });
      return { epoch: currentEpoch, batch: currentBatch };
    },
    async resume() {
      const { resumedEpoch, resumedBatch } = await (await client()).resumeTraining({ jobId }, { signal });
      return { epoch: resumedEpoch, batch: resumedBatch };
    },
    async checkpoint() {
      const found = await (await client()).requestCheckpoint({ jobId }, { signal });
      if (found.compressionType !== "gzip") {
        throw new CyxwizError("REMOTE", { number: 0, message: `unknown compression "${found.compressionType}"` });
      }
      const limit = { maxOutputLength: Number(found.weightsSize) || 1 };
      const weights = await unpack(found.weightsData, limit);
      return { epoch: found.epoch, hash: found.checkpointHash, metrics: found.metricsAtCheckpoint, weights };
    },
    async change({ firstEpoch, learningRate, batchSize }) {
      const parameters = {
        ...(learningRate !== undefined && { learning_rate: learningRate }),
        ...(batchSize !== undefined && { batch_size: batchSize }),
      };
      const order = async (epoch: number) => {
        const signed = encodeParameterOrder({ jobId: jobIdToBytes(jobId), firstEpoch: epoch, parameters });
        const params = {
          learningRate: learningRate ?? 0,
          batchSize: batchSize ?? 0,
          firstEpoch: epoch,
          signature: await signBytes(context.wallet, signed),
        };
        return (await (await client()).updateTraining({ jobId, params }, { signal })).firstEpoch;
      };
      if (firstEpoch !== undefined) return order(firstEpoch);
      // What is signed names the epoch, and training does not wait: further ahead each time that it was too late.
      for (let [attempt, ahead] = [0, 2]; ; [attempt, ahead] = [attempt + 1, ahead * 2]) {
        const known = await askForStatus(context.central, jobId, signal);
        try {
          return await order((known?.status?.currentEpoch ?? 0) + ahead);
        } catch (error) {
          if (!isCyxwizError(error, "NOT_POSSIBLE_NOW") || attempt === ATTEMPTS) throw error;
        }
      }
    },
  };
}
