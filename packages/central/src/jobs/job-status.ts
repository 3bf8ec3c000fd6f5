import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type Audit,
  ErrorSchema,
  type JobStatus,
  JobStatusSchema,
  type SettlementSchema,
  StatusCode,
} from "@cyxwiz/protocol";
import type { Job } from "../database/schema/index.ts";
import { stateOf } from "./find-job.ts";
import type { JobState } from "./lifecycle.ts";

const STATUS: Readonly<Record<JobState, StatusCode>> = {
  PENDING: StatusCode.STATUS_PENDING,
  PENDING_ESCROW: StatusCode.STATUS_AWAITING_ESCROW,
  ESCROW_CONFIRMED: StatusCode.STATUS_ESCROW_CONFIRMED,
  RUNNING: StatusCode.STATUS_IN_PROGRESS,
  VERIFYING: StatusCode.STATUS_PAYING,
  PAYING: StatusCode.STATUS_PAYING,
  COMPLETED: StatusCode.STATUS_COMPLETED,
  DISPUTED: StatusCode.STATUS_DISPUTED,
  EXPIRED: StatusCode.STATUS_EXPIRED,
  CANCELLED: StatusCode.STATUS_CANCELLED,
  FAILED: StatusCode.STATUS_FAILED,
  REFUNDING: StatusCode.STATUS_REFUNDING,
  REFUNDED: StatusCode.STATUS_REFUNDED,
};

/** A state as it is called on the wire. */
function wireStatus(state: JobState): StatusCode {
  return STATUS[state];
}

/** The states that one status on the wire stands for. */
export function statesOf(status: StatusCode): JobState[] {
  return (Object.keys(STATUS) as JobState[]).filter((state) => STATUS[state] === status);
}

/** What the wire shows of a job. */
export function toJobStatus(job: Job): JobStatus {
  return create(JobStatusSchema, {
    jobId: job.id,
    status: wireStatus(stateOf(job)),
    progress: job.progress,
    currentNodeId: job.assignedNodeId ?? "",
    startTime: unixSeconds(job.startedAt),
    endTime: unixSeconds(job.completedAt),
    currentEpoch: job.currentEpoch,
    metrics: job.metrics ?? {},
    ...(job.failure ? { error: create(ErrorSchema, job.failure) } : {}),
  });
}

/** What happened on chain for a job so far; `undefined` before there is an escrow. */
export function toSettlement(
  job: Job,
  audit: Audit | undefined,
): MessageInitShape<typeof SettlementSchema> | undefined {
  if (job.escrowAddress === null) return undefined;
  return {
    escrowAddress: job.escrowAddress,
    escrowTxSignature: job.escrowTxSignature ?? "",
    escrowAmount: job.escrowAmount ?? 0n,
    merkleRoot: job.onChainCheckpointMerkleRoot ?? "",
    anchorTxSignature: job.anchorTxSignature ?? "",
    paymentTxSignature: job.paymentTxSignature ?? "",
    paidToNode: job.paidToNode ?? 0n,
    paidToPlatform: job.paidToPlatform ?? 0n,
    refundTxSignature: job.refundTxSignature ?? "",
    refunded: job.refunded ?? 0n,
    startTxSignature: job.startTxSignature ?? "",
    resultHash: job.resultHash ?? "",
    ...(audit && { audit }),
  };
}

function unixSeconds(date: Date | null): bigint {
  return date ? BigInt(Math.floor(date.getTime() / 1_000)) : 0n;
}
