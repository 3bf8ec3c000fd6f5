import { type Escrow, fetchEscrow } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { type BisectionCase, equalBytes, jobRoot, type Link, nextHash, toHex } from "@cyxwiz/proof";
import type { GetCommitmentsResponse } from "@cyxwiz/protocol";
import { readLinks } from "@cyxwiz/verify";
import { address } from "@solana/kit";
import type { EngineContext } from "../engine-context.ts";
import type { Committed } from "./own-challenge.ts";

/**
 * Reads what a job's node has committed to, from the chain and from the links that it has published, and holds the case that
 * Central names against it: of Central nothing is believed.
 *
 * @throws CyxwizError `ESCROW_MISMATCH` where Central's case is another, `NOT_POSSIBLE_NOW` where the links are not those under
 * the root
 */
export async function readCommitted(
  { chain, proofs }: Pick<EngineContext, "chain" | "proofs">,
  { claimed, about }: { readonly claimed: GetCommitmentsResponse; readonly about: BisectionCase },
  signal: AbortSignal,
): Promise<Committed & { readonly escrow: Escrow }> {
  const { jobId, escrowAddress } = claimed;
  const at = { commitment: "confirmed", abortSignal: signal } as const;
  const { data: escrow } = await fetchEscrow(chain.rpc, address(escrowAddress), at);
  const { epochs, hasResult, root } = about;
  const resultHash = new Uint8Array(escrow.resultHash);
  compare("nonce", escrow.nonce, about.nonce);
  compare("root", toHex(new Uint8Array(escrow.root)), toHex(root));
  compare("number of leaves", escrow.leafCount, epochs + (hasResult ? 1 : 0));
  compare("terms hash", toHex(new Uint8Array(escrow.termsHash)), toHex(about.genesis.termsHash));

  const links: Link[] = [];
  for await (const link of readLinks(proofs, { jobId, last: epochs, signal })) {
    const previous = links.at(-1);
    const follows = previous === undefined || equalBytes(nextHash(previous.checkpointHash, link), link.checkpointHash);
    if (link.epoch !== links.length || !follows) throw notPublished(jobId, `epoch ${links.length}`);
    links.push(link);
  }
  const hashes = links.slice(1).map(({ checkpointHash }) => checkpointHash);
  const isUnderRoot = hashes.length === epochs && equalBytes(jobRoot(hashes, hasResult ? resultHash : undefined), root);
  if (!isUnderRoot) throw notPublished(jobId, "the root");
  return { about, links, escrow, ...(hasResult && { resultHash }) };
}

function compare(field: string, onChain: bigint | number | string, central: bigint | number | string): void {
  if (onChain === central) return;
  throw new CyxwizError("ESCROW_MISMATCH", { field, expected: `${onChain}`, actual: `${central}` });
}

function notPublished(jobId: string, where: string): CyxwizError {
  const problem = `the links that its node has published do not fit ${where}; the arbiter has to decide without them`;
  return new CyxwizError("NOT_POSSIBLE_NOW", { what: `A dispute about job ${jobId}`, problem });
}
