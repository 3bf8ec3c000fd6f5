import type { Hash, Link } from "@cyxwiz/proof";
import { type ParameterChange, type Trainer, verifyEpochs } from "@cyxwiz/training";
import type { AgreedJob } from "./agreed-job.ts";
import type { Segment } from "./choose-epochs.ts";
import type { ReplayVerdict } from "./job-verdict.ts";
import type { NodeFiles } from "./node-files.ts";
import type { NodeProof } from "./node-proof.ts";

/** What a replay is made from, and what it is held against. */
export interface ReplayMaterial {
  readonly agreed: AgreedJob;
  readonly files: NodeFiles;
  readonly proof: NodeProof;
  readonly changes: readonly ParameterChange[];
  /** By epoch, as many as the segment needs. */
  readonly links: ReadonlyMap<number, Link>;
  /** Of a job that is proved. */
  readonly end?: { readonly epoch: number; readonly resultHash: Hash };
  readonly signal: AbortSignal;
  readonly trainer?: Trainer;
  /** Of the job's model. */
  readonly maxStateBytes: number;
}

/** Replays a part of a job, from the node's own state, and holds every epoch against its link. Throws as `verifyEpochs`. */
export async function* replaySegment(
  { from, to }: Segment,
  { agreed, files, proof, changes, links, end, signal, trainer, maxStateBytes }: ReplayMaterial,
): AsyncGenerator<ReplayVerdict, void, void> {
  const state = (epoch: number) => files.state(epoch, maxStateBytes);
  const verdicts = verifyEpochs({
    ...agreed,
    ...{ to, changes, signal },
    claimed: (epoch) => links.get(epoch),
    ...(from > 0 && { from: { epoch: from, bytes: await state(from) } }),
    ...(end && { end }),
    ...(trainer && { trainer }),
    claimedMetrics: (epoch) => proof.metrics.get(epoch),
    // Only to say what differs: without it the verdict is the same.
    claimedState: async (epoch) =>
      proof.storedEpochs.includes(epoch) ? await state(epoch).catch(() => undefined) : undefined,
  });
  for await (const { epoch, holds, differences } of verdicts) {
    // A state that holds is no replayed epoch; one that does not is all there is to say.
    if (epoch > from || !holds) yield { epoch, from, holds, differences };
  }
}
