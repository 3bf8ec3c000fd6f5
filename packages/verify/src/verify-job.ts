import { randomInt } from "node:crypto";
import { CyxwizError } from "@cyxwiz/errors";
import { chooseEpochs } from "./choose-epochs.ts";
import type { EpochChoice, JobVerdict } from "./job-verdict.ts";
import { openNodeFiles } from "./node-files.ts";
import { readLinks } from "./read-links.ts";
import { readOnChain } from "./read-on-chain.ts";
import { type VerifyBy, verifyAgainst } from "./verify-against.ts";
import { verifyAudit } from "./verify-audit.ts";
import type { VerifyContext } from "./verify-context.ts";

const CALL_TIMEOUT_MS = 30_000;

/** How far to verify a job, and by what. */
export interface VerifyOptions extends Omit<VerifyBy, "signal"> {
  readonly choice: EpochChoice;
  readonly signal?: AbortSignal;
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
  const { choice, randomBelow, signal = new AbortController().signal, ...by } = options;
  const claimed = await central.getCommitments({ jobId }, { signal, timeoutMs: CALL_TIMEOUT_MS });
  const epochs = claimed.epochsReported;
  if (claimed.escrowTxSignature === "" || epochs === 0) {
    throw new CyxwizError("NOT_POSSIBLE_NOW", { what: `Verifying job ${jobId}`, problem: "no epoch is trained yet" });
  }
  const onChain = await readOnChain(chain.rpc, claimed, { programs, signal });
  const endsEarly = onChain.final !== undefined && epochs < onChain.checkpoints;
  // Central cannot make a job longer than the payer has signed.
  const fits = onChain.problems.length === 0;
  const chosen = fits ? choose({ choice, randomBelow }, epochs, endsEarly) : [];
  const files = openNodeFiles(context, claimed, { nodeWallet: onChain.nodeWallet, signal });
  const links = readLinks(central, { jobId, last: epochs, signal });
  const audited = await verifyAudit(chain.rpc, claimed, signal);
  const problems = [...onChain.problems, ...(audited?.problems ?? [])];
  const held = { claimed, onChain: { ...onChain, problems }, links, files, chosen };
  const verdict = await verifyAgainst(held, { ...by, signal });
  return audited ? { ...verdict, audit: audited.audit } : verdict;
}

/** By chance, a job that claims to have ended early has its end looked at whatever else is chosen. */
function choose(
  {
    choice,
    randomBelow = randomInt,
  }: Pick<VerifyOptions, "choice"> & {
    readonly randomBelow: VerifyOptions["randomBelow"] | undefined;
  },
  epochs: number,
  endsEarly: boolean,
): readonly number[] {
  const chosen = chooseEpochs(choice, epochs, randomBelow);
  return choice.kind === "random" && endsEarly && chosen.at(-1) !== epochs ? [...chosen, epochs] : chosen;
}
