import type { Link } from "@cyxwiz/proof";
import type { GetCommitmentsResponse } from "@cyxwiz/protocol";
import type { Trainer } from "@cyxwiz/training";
import type { DatasetSource } from "@cyxwiz/training/node";
import { agreedJob, type OwnJob } from "./agreed-job.ts";
import { type Segment, segmentsFor } from "./choose-epochs.ts";
import type { JobVerdict, ReplayVerdict } from "./job-verdict.ts";
import { maxStateBytes } from "./max-state-bytes.ts";
import type { NodeFiles } from "./node-files.ts";
import { changesOf } from "./node-proof.ts";
import { endOf, type JobOnChain } from "./read-on-chain.ts";
import { replaySegment } from "./replay-segment.ts";
import { verifyPublic } from "./verify-public.ts";

/** What a job is held against, from whoever is believed for it. */
export interface Commitments {
  readonly claimed: GetCommitmentsResponse;
  readonly onChain: JobOnChain;
  /** All of them, from the start on. */
  readonly links: AsyncIterable<Link>;
  readonly files: NodeFiles;
  /** The epochs to replay, in order. */
  readonly chosen: readonly number[];
}

/** By what to verify, and whom to tell. */
export interface VerifyBy {
  /**
   * The job as the payer has it, held against the terms. What it leaves out comes from the node, held against the same.
   */
  readonly own?: (claimed: GetCommitmentsResponse) => Promise<OwnJob>;
  /** What trains again; default: this thread. */
  readonly trainer?: (dataset: DatasetSource) => Trainer;
  /** Told of every epoch as it has been replayed. */
  readonly onReplayed?: (verdict: ReplayVerdict) => void;
  readonly signal: AbortSignal;
}

/** The start of every job needs nobody's state, and shows which seed it was. */
const START: Segment = { from: 0, to: 0 };

/**
 * Holds a job against its commitments: that they fit together, that what the node shows is what was agreed, that the job
 * starts where its seed says, and that the chosen epochs give what they are committed to.
 *
 * @throws CyxwizError where nothing can be said: whatever keeps the node from serving, and what `own` throws
 */
export async function verifyAgainst(
  { claimed, onChain, links, files, chosen }: Commitments,
  { own, trainer, onReplayed, signal }: VerifyBy,
): Promise<JobVerdict> {
  const { jobId, epochsReported: epochs } = claimed;
  const anchored = [...onChain.anchors, ...(onChain.final ? [onChain.final] : [])].map(({ leafCount }) => leafCount);
  const verdict = (problems: readonly string[], replayed: readonly ReplayVerdict[] = []): JobVerdict => {
    const holds = problems.length === 0 && replayed.every((each) => each.holds);
    return { jobId, holds, epochs, problems, anchored, chosen, replayed };
  };
  // What does not fit in public needs no node.
  if (onChain.problems.length > 0) return verdict(onChain.problems);
  const proof = await files.proof();
  const planned = segmentsFor(chosen, proof.storedEpochs);
  const segments = planned[0]?.from === 0 ? planned : [START, ...planned];
  const datasetSha256 = claimed.datasetSha256 || proof.datasetSha256;
  const checked = await verifyPublic({ claimed, onChain, datasetSha256, links, segments });
  if ("problem" in checked) return verdict([checked.problem]);

  await using cleanups = new AsyncDisposableStack();
  const agreed = await agreedJob({ claimed, proof, files, own: await own?.(claimed) }, cleanups);
  if ("problem" in agreed) return verdict([agreed.problem]);
  const endsEarly = onChain.final !== undefined && epochs < onChain.checkpoints;
  if (endsEarly && !agreed.spec.training.early_stopping) {
    return verdict([`the job was proved with ${epochs} epochs; agreed were ${onChain.checkpoints}`]);
  }
  const { changes, problems } = await changesOf(proof.orders, { jobId, payer: onChain.payer, spec: agreed.spec });
  if (problems.length > 0) return verdict(problems);

  const end = endOf(onChain, claimed);
  const material = {
    ...{ agreed, files, proof, changes, signal, links: checked.links },
    maxStateBytes: maxStateBytes(agreed.spec),
    ...(end && { end: { epoch: epochs, resultHash: end.resultHash } }),
    ...(trainer && { trainer: trainer(agreed.source) }),
  };
  const replayed: ReplayVerdict[] = [];
  for (const segment of segments) {
    for await (const each of replaySegment(segment, material)) {
      replayed.push(each);
      onReplayed?.(each);
    }
  }
  return verdict([], replayed);
}
