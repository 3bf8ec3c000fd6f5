import { jobIdToBytes } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { type BisectionCase, equalBytes, hashFromHex, jobRoot, toHex } from "@cyxwiz/proof";
import { address, getAddressEncoder } from "@solana/kit";
import type { Context } from "../context.ts";
import type { Job, StoredCase } from "../database/schema/index.ts";
import { loadConfig } from "../jobs/job-config.ts";
import { checkpointsOf } from "../proofs/accept-progress.ts";

/** A wallet's, or an account's, 32 bytes. */
export function keyBytes(text: string): Uint8Array {
  return new Uint8Array(getAddressEncoder().encode(address(text)));
}

/**
 * What a job's payer and node can disagree about: the root that stands on chain, and what is under it. The links that the
 * node has published must be those under the root, because whoever challenges takes the times from there.
 *
 * @throws CyxwizError NOT_POSSIBLE_NOW saying what is missing
 */
export async function caseOf(context: Pick<Context, "db" | "chain" | "config">, job: Job): Promise<StoredCase> {
  const { escrowAddress, escrowNonce, payerWallet, termsHash } = job;
  const config = loadConfig(job.config);
  const escrow = escrowAddress === null ? undefined : (await context.chain.escrow(escrowAddress))?.escrow;
  if (!escrow || escrowAddress === null || escrow.nonce !== escrowNonce || payerWallet === null || termsHash === null) {
    throw notNow(job, "its escrow is not on chain, or is another job's by now");
  }
  if (config.datasetSha256 === "") throw notNow(job, "its terms do not say which data it was to be trained on");
  if (escrow.leafCount === 0) throw notNow(job, "no root of it is on chain yet that its node could be held to");
  const resultHash = new Uint8Array(escrow.resultHash);
  const hasResult = resultHash.some((byte) => byte !== 0);
  const epochs = escrow.leafCount - (hasResult ? 1 : 0);
  const root = new Uint8Array(escrow.root);
  const published = (await checkpointsOf(context.db, job.id)).slice(0, epochs);
  const isPublished =
    published.length === epochs && equalBytes(jobRoot(published, hasResult ? resultHash : undefined), root);
  if (!isPublished) throw notNow(job, "the links that its node has published are not those under its root");
  return {
    ...{ escrow: escrowAddress, nonce: escrowNonce.toString(), termsHash: toHex(termsHash) },
    ...{ datasetHash: config.datasetSha256, seed: config.seed.toString(), root: toHex(root), epochs, hasResult },
    ...{ challenger: payerWallet, node: escrow.node, moveSeconds: context.config.disputeMoveSeconds },
  };
}

/** The same as the protocol takes it. */
export function bisectionCase(jobId: string, stored: StoredCase): BisectionCase {
  return {
    genesis: {
      jobId: jobIdToBytes(jobId),
      termsHash: hashFromHex(stored.termsHash, "terms_hash"),
      datasetHash: hashFromHex(stored.datasetHash, "dataset_sha256"),
      seed: BigInt(stored.seed),
    },
    ...{ escrow: keyBytes(stored.escrow), nonce: BigInt(stored.nonce), root: hashFromHex(stored.root, "root") },
    ...{ epochs: stored.epochs, hasResult: stored.hasResult, moveSeconds: BigInt(stored.moveSeconds) },
    ...{ challenger: keyBytes(stored.challenger), node: keyBytes(stored.node) },
  };
}

function notNow({ id }: Job, problem: string): CyxwizError {
  return new CyxwizError("NOT_POSSIBLE_NOW", { what: `A dispute about job ${id}`, problem });
}
