import { jobIdToBytes } from "@cyxwiz/contracts";
import { hashFromHex, type Link, verifyCommitments } from "@cyxwiz/proof";
import type { GetCommitmentsResponse } from "@cyxwiz/protocol";
import type { Segment } from "./choose-epochs.ts";
import { endOf, type JobOnChain } from "./read-on-chain.ts";

/** What is public of a job, and which of its links will be needed later. */
export interface PublicPart {
  readonly claimed: GetCommitmentsResponse;
  readonly onChain: JobOnChain;
  /** Hex. */
  readonly datasetSha256: string;
  /** All of them, from the start on. */
  readonly links: AsyncIterable<Link>;
  readonly segments: readonly Segment[];
}

/**
 * Verifies that a job's links start from its terms and data, follow one another, and are those under the roots on chain.
 *
 * @returns the links of the segments, by epoch, or what does not fit.
 */
export async function verifyPublic(
  part: PublicPart,
): Promise<{ readonly links: ReadonlyMap<number, Link> } | { readonly problem: string }> {
  const { claimed, onChain, datasetSha256, segments } = part;
  const kept = new Map<number, Link>();
  async function* keeping() {
    for await (const link of part.links) {
      if (segments.some(({ from, to }) => link.epoch >= from && link.epoch <= to)) kept.set(link.epoch, link);
      yield link;
    }
  }
  const end = endOf(onChain, claimed);
  const { epochs, problem } = await verifyCommitments({
    genesis: {
      jobId: jobIdToBytes(claimed.jobId),
      termsHash: hashFromHex(claimed.termsHash, "terms_hash"),
      datasetHash: hashFromHex(datasetSha256, "dataset_sha256"),
      seed: claimed.seed,
    },
    links: keeping(),
    anchors: onChain.anchors,
    ...(end && { end }),
  });
  if (problem === undefined) {
    if (epochs === claimed.epochsReported) return { links: kept };
    return { problem: `Central says that ${claimed.epochsReported} epochs are reported, and shows ${epochs}` };
  }
  const where = { link: "the link of epoch", anchor: "the root over leaves:", end: "the last root, over leaves:" };
  return { problem: `${where[problem.what]} ${problem.at}: ${problem.problem}` };
}
