import { randomInt } from "node:crypto";
import { CyxwizError } from "@cyxwiz/errors";
import type { GetCommitmentsResponse } from "@cyxwiz/protocol";
import { type AgreedJob, servedJob } from "./agreed-job.ts";
import { chooseEpochs, segmentsFor } from "./choose-epochs.ts";
import type { EpochChoice, JobVerdict, ReplayVerdict } from "./job-verdict.ts";
import { openNodeFiles } from "./node-files.ts";
import { changesOf } from "./node-proof.ts";
import { readLinks } from "./read-links.ts";
import { endOf, readOnChain } from "./read-on-chain.ts";
import { replaySegment } from "./replay-segment.ts";
import type { VerifyContext } from "./verify-context.ts";
import { verifyPublic } from "./verify-public.ts";

const CALL_TIMEOUT_MS = 30_000;

/** How far to verify a job, and by what. */
export interface VerifyOptions {
  readonly choice: EpochChoice;
  /**
   * The job as the payer has it, held against the terms. Without it, model and data come from the node, held against the
   * same.
   */
  readonly own?: (claimed: GetCommitmentsResponse) => Promise<AgreedJob>;
  readonly signal?: AbortSignal;
  /** Told of every epoch as it has been replayed. */
  readonly onReplayed?: (verdict: ReplayVerdict) => void;
  /** Gives a random whole number from 0 to below its argument; default: that of `node:crypto`. */
  readonly randomBelow?: (limit: number) => number;
}

/**
 * Verifies a finished or running job: what is public of it against the chain, then the epochs chosen by training them
 * again from what its node serves.
 *
 * @throws CyxwizError where nothing can be said: `NOT_POSSIBLE_NOW` (no epoch yet), `INVALID_FIELD` (epochs that the job
 * does not have), `UNREACHABLE` and what else keeps the node from serving
 */
export async function verifyJob(context: VerifyContext, jobId: string, options: VerifyOptions): Promise<JobVerdict> {
  const { proofs: central, chain, programs } = context;
  const signal = options.signal ?? new AbortController().signal;
  const claimed = await central.getCommitments({ jobId }, { signal, timeoutMs: CALL_TIMEOUT_MS });
  const epochs = claimed.epochsReported;
  if (claimed.escrowTxSignature === "" || epochs === 0) {
    throw new CyxwizError("NOT_POSSIBLE_NOW", { what: `Verifying job ${jobId}`, problem: "no epoch is trained yet" });
  }
  const onChain = await readOnChain(chain.rpc, claimed, { programs, signal });
  const endsEarly = onChain.final !== undefined && epochs < onChain.checkpoints;
  // Central cannot make a job longer than the payer has signed.
  const chosen = onChain.problems.length > 0 ? [] : choose(options, epochs, endsEarly);
  const anchored = [...onChain.anchors, ...(onChain.final ? [onChain.final] : [])].map(({ leafCount }) => leafCount);
  const verdict = (problems: readonly string[], replayed: readonly ReplayVerdict[] = []): JobVerdict => {
    const holds = problems.length === 0 && replayed.every((each) => each.holds);
    return { jobId, holds, epochs, problems, anchored, chosen, replayed };
  };
  if (onChain.problems.length > 0) return verdict(onChain.problems);
  const files = await openNodeFiles(context, claimed, { nodeWallet: onChain.nodeWallet, signal });
  const proof = await files.proof();
  const segments = segmentsFor(chosen, proof.storedEpochs);
  const datasetSha256 = claimed.datasetSha256 || proof.datasetSha256;
  const checked = await verifyPublic({
    claimed,
    onChain,
    datasetSha256,
    links: readLinks(central, { jobId, last: epochs, signal }),
    segments,
  });
  if ("problem" in checked) return verdict([checked.problem]);

  const agreed = options.own ? await options.own(claimed) : await servedJob(proof, files, claimed);
  if ("problem" in agreed) return verdict([agreed.problem]);
  if (endsEarly && !agreed.spec.training.early_stopping) {
    return verdict([`the job was proved with ${epochs} epochs; agreed were ${onChain.checkpoints}`]);
  }
  const { changes, problems } = await changesOf(proof.orders, { jobId, payer: onChain.payer, spec: agreed.spec });
  if (problems.length > 0) return verdict(problems);

  const end = endOf(onChain, claimed);
  const material = {
    ...{ agreed, files, proof, changes, signal, links: checked.links },
    ...(end && { end: { epoch: epochs, resultHash: end.resultHash } }),
  };
  const replayed: ReplayVerdict[] = [];
  for (const segment of segments) {
    for await (const each of replaySegment(segment, material)) {
      replayed.push(each);
      options.onReplayed?.(each);
    }
  }
  return verdict([], replayed);
}

/** By chance, a job that claims to have ended early has its end looked at whatever else is chosen. */
function choose(
  { choice, randomBelow = randomInt }: VerifyOptions,
  epochs: number,
  endsEarly: boolean,
): readonly number[] {
  const chosen = chooseEpochs(choice, epochs, randomBelow);
  return choice.kind === "random" && endsEarly && chosen.at(-1) !== epochs ? [...chosen, epochs] : chosen;
}
