import { jobIdToBytes } from "@cyxwiz/contracts";
import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import { equalBytes, genesisHash, hashFromHex, hashMetrics, nextHash } from "@cyxwiz/proof";
import type { EpochCommitment, ReportProgressRequest } from "@cyxwiz/protocol";
import { specOfJob } from "@cyxwiz/training";
import { and, asc, desc, eq, gt, inArray } from "drizzle-orm";
import { type Context, now } from "../context.ts";
import type { Tx } from "../database/connect.ts";
import { type Job, jobCheckpoints, jobs } from "../database/schema/index.ts";
import { loadConfig } from "../jobs/job-config.ts";
import { announce } from "../jobs/updates.ts";
import { checkOrders } from "./check-orders.ts";

const MAX_COMMITMENTS = 10_000;

/**
 * Takes a node's report: every link is checked against the chain so far and stored. What was reported before may be
 * reported again, unchanged.
 *
 * @throws CyxwizError PROOF_INVALID for a gap, a link that does not follow, or one that was different before
 */
export async function acceptProgress(context: Context, job: Job, report: ReportProgressRequest): Promise<void> {
  try {
    await addReport(context, job, report);
  } catch (error) {
    // A node that has handed in what cannot be does not get away with saying afterwards that it was told to stop.
    if (isCyxwizError(error, "PROOF_INVALID")) {
      await context.db.update(jobs).set({ refusedReport: error.message }).where(eq(jobs.id, job.id));
    }
    throw error;
  }
}

async function addReport(context: Context, job: Job, report: ReportProgressRequest): Promise<void> {
  const { commitments } = report;
  if (commitments.length > MAX_COMMITMENTS) {
    throw new CyxwizError("INVALID_FIELD", { field: "commitments", problem: `more than ${MAX_COMMITMENTS}` });
  }
  const progress = Number.isFinite(report.progress) ? Math.min(Math.max(report.progress, 0), 1) : 0;
  await context.db.transaction(async (tx) => {
    // One report of a job after the other.
    await tx.select({ id: jobs.id }).from(jobs).where(eq(jobs.id, job.id)).for("update");
    await addLinks(context, tx, job, report);
    if (isAnchorDue(context, report)) await context.queue.send(tx, "anchor", job.id);
    const news = { progress, currentEpoch: report.currentEpoch, metrics: finite(report.metrics) };
    const change = { nodeSeenAt: now(context), ...(report.currentEpoch >= job.currentEpoch ? news : {}) };
    await tx.update(jobs).set(change).where(eq(jobs.id, job.id));
    await announce(tx, job.id);
  });
}

// The end of a job is proven as a whole.
function isAnchorDue({ config }: Context, { commitments }: ReportProgressRequest): boolean {
  return commitments.some(({ epoch }) => epoch > 0 && epoch % config.anchorEveryEpochs === 0);
}

async function addLinks(context: Context, tx: Tx, job: Job, report: ReportProgressRequest): Promise<void> {
  const { commitments } = report;
  if (commitments.length === 0) return;
  const spec = specOfJob(loadConfig(job.config));
  const agreed = spec.training.epochs;
  const epochs = commitments.map(({ epoch }) => epoch);
  const [newest] = await tx
    .select()
    .from(jobCheckpoints)
    .where(eq(jobCheckpoints.jobId, job.id))
    .orderBy(desc(jobCheckpoints.epoch))
    .limit(1);
  const known = await tx
    .select()
    .from(jobCheckpoints)
    .where(and(eq(jobCheckpoints.jobId, job.id), inArray(jobCheckpoints.epoch, epochs)));
  const knownHashes = new Map(known.map((row) => [row.epoch, row.checkpointHash]));
  let previous = newest && {
    epoch: newest.epoch,
    hash: hashFromHex(newest.checkpointHash, "checkpoint_hash"),
    timestamp: newest.timestampSeconds ?? 0n,
  };
  for (const link of commitments) {
    const before = knownHashes.get(link.epoch);
    if (before !== undefined) {
      if (before !== link.checkpointHash) throw invalid(job.id, `epoch ${link.epoch} was reported differently before`);
      continue;
    }
    const expectedEpoch = previous === undefined ? 0 : previous.epoch + 1;
    if (link.epoch !== expectedEpoch) throw invalid(job.id, `epoch ${link.epoch} where ${expectedEpoch} comes next`);
    if (link.epoch > agreed) throw invalid(job.id, `epoch ${link.epoch} of a job that has ${agreed} epochs`);
    if (previous !== undefined && link.timestamp < previous.timestamp) {
      throw invalid(job.id, `epoch ${link.epoch} ends before epoch ${previous.epoch}`);
    }
    const hash = previous === undefined ? startHash(job, link) : linkHash(job, previous.hash, link, report);
    await tx.insert(jobCheckpoints).values({
      jobId: job.id,
      epoch: link.epoch,
      checkpointHash: link.checkpointHash,
      metrics: link.epoch === report.currentEpoch ? finite(report.metrics) : null,
      reportedAt: now(context),
      stateHash: link.stateHash,
      metricsHash: link.metricsHash,
      timestampSeconds: link.timestamp,
      orders: await checkOrders(job, spec, link),
    });
    previous = { epoch: link.epoch, hash, timestamp: link.timestamp };
  }
}

function startHash(job: Job, link: EpochCommitment): Uint8Array {
  const config = loadConfig(job.config);
  const claimed = hashFromHex(link.checkpointHash, "commitments.checkpoint_hash");
  const initialStateHash = hashFromHex(link.stateHash, "commitments.state_hash");
  // Existing engines don't say in advance which data they will send; then the start is what the node says it is.
  if (config.datasetSha256 === "") return claimed;
  const start = genesisHash({
    jobId: jobIdToBytes(job.id),
    termsHash: job.termsHash ?? new Uint8Array(32),
    datasetHash: hashFromHex(config.datasetSha256, "dataset_sha256"),
    seed: config.seed,
    initialStateHash,
  });
  if (!equalBytes(start, claimed)) throw invalid(job.id, "the chain does not start from this job's terms and data");
  return start;
}

function linkHash(job: Job, previous: Uint8Array, link: EpochCommitment, report: ReportProgressRequest): Uint8Array {
  const metricsHash = hashFromHex(link.metricsHash, "commitments.metrics_hash");
  if (link.timestamp < 0n) throw invalid(job.id, `epoch ${link.epoch} has a negative time`);
  const reported = Object.keys(report.metrics).length > 0 && link.epoch === report.currentEpoch;
  if (reported && !equalBytes(hashMetrics(report.metrics), metricsHash)) {
    throw invalid(job.id, `the metrics of epoch ${link.epoch} are not those it commits to`);
  }
  const stateHash = hashFromHex(link.stateHash, "commitments.state_hash");
  const hash = nextHash(previous, { stateHash, metricsHash, timestampSeconds: link.timestamp });
  if (!equalBytes(hash, hashFromHex(link.checkpointHash, "commitments.checkpoint_hash"))) {
    throw invalid(job.id, `epoch ${link.epoch} does not follow from epoch ${link.epoch - 1}`);
  }
  return hash;
}

/** A job's checkpoints H_1 … H_n, in order. */
export async function checkpointsOf(tx: Tx, jobId: string): Promise<Uint8Array[]> {
  return (await reportedEpochs(tx, jobId)).map(({ checkpointHash }) => checkpointHash);
}

/** An epoch as its node has reported it. */
export interface ReportedEpoch {
  readonly checkpointHash: Uint8Array;
  /** Those that it commits to; `null` where the node reported only their hash. */
  readonly metrics: Readonly<Record<string, number>> | null;
}

/** A job's epochs from 1 on, in order. */
export async function reportedEpochs(tx: Tx, jobId: string): Promise<ReportedEpoch[]> {
  const { epoch, checkpointHash, metrics } = jobCheckpoints;
  const rows = await tx
    .select({ checkpointHash, metrics })
    .from(jobCheckpoints)
    .where(and(eq(jobCheckpoints.jobId, jobId), gt(epoch, 0)))
    .orderBy(asc(epoch));
  return rows.map((row) => ({ ...row, checkpointHash: hashFromHex(row.checkpointHash, "checkpoint_hash") }));
}

function invalid(jobId: string, problem: string): CyxwizError {
  return new CyxwizError("PROOF_INVALID", { jobId, problem });
}

// JSON knows no NaN; a metric that is none is left out of what is shown.
function finite(metrics: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
}
