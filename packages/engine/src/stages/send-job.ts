import { retry } from "@cyxwiz/chain";
import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import { fromWireError, type JobConfig } from "@cyxwiz/protocol";
import { isSent, type JobData, sizeOf } from "../data/job-data.ts";
import type { JobContext } from "../engine-context.ts";
import type { NodeSession } from "../node-session/node-session.ts";

/** What a node is told of data that is streamed to it. */
const REMOTE = "remote://engine/dataset";
/** Data sets are large and lines slow. */
const CALL_TIMEOUT_MS = 15 * 60_000;
const WITHIN_MS = 60_000;

/**
 * Hands the job to the node, with its data or where that comes from. The node starts on data that it has to get once it is
 * there.
 *
 * @throws CyxwizError what the node refuses it with: `DATA_INVALID`, `MODEL_INVALID`, `MESSAGE_TOO_LARGE`, …
 */
export async function sendJob(
  context: JobContext,
  session: NodeSession,
  job: { config: JobConfig; dataset: JobData },
): Promise<void> {
  const { signal } = context;
  const { jobId } = job.config;
  await retry(
    async () => {
      const answer = await session.client.sendJob(
        { jobId, config: job.config, ...named(job.dataset) },
        { signal, timeoutMs: CALL_TIMEOUT_MS },
      );
      const failure = fromWireError(answer.error);
      if (failure) throw failure;
      if (!answer.accepted) {
        const problem = answer.rejectionReason || "it gave no reason";
        throw new CyxwizError("TRAINING_FAILED", { jobId, remoteCode: "JOB_REFUSED", problem });
      }
    },
    {
      what: "Sending the job",
      signal,
      withinMs: WITHIN_MS,
      when: (error) => isCyxwizError(error, "UNREACHABLE"),
    },
  );
  context.emit({ type: "accepted", datasetBytes: sizeOf(job.dataset) });
}

// A URI only the node needs to know: what is agreed is the hash.
function named(data: JobData): { initialDataset: Uint8Array } | { datasetUri: string } {
  if (isSent(data)) return { initialDataset: data };
  return { datasetUri: "uri" in data ? data.uri : REMOTE };
}
