import { fetchWhole, NodeDialer, verifyNodeCertificate } from "@cyxwiz/peer";
import type { GetCommitmentsResponse } from "@cyxwiz/protocol";
import { type NodeProof, parseNodeProof } from "./node-proof.ts";
import type { VerifyContext } from "./verify-context.ts";

const CALL_TIMEOUT_MS = 30_000;
/** Enough to fetch what is asked for next. */
const TOKEN_RESERVE_MS = 300_000;
/** A job of 100,000 epochs has about 40 MB of links. */
const MAX_PROOF_BYTES = 256 * 1024 * 1024;
/** What a node keeps of a job, for whoever may look at it. Each call throws as `fetchWhole` does. */
export interface NodeFiles {
  proof(): Promise<NodeProof>;
  /**
   * The state after an epoch.
   *
   * @param expected.sha256 that it should have, hex
   */
  state(epoch: number, expected: { sha256: string; maxBytes: number }): Promise<Uint8Array>;
  dataset(expected: { sha256: string; maxBytes: number }): Promise<Uint8Array>;
}

/**
 * Opens what the node of a job keeps of it, with a token that Central gives the job's payer. The node must have the
 * certificate that its wallet has registered on chain.
 *
 * @throws CyxwizError `NODE_IDENTITY_MISMATCH`, `NOT_YOURS`, `TOKEN_*`, `UNREACHABLE`
 */
export async function openNodeFiles(
  { proofs, openRelay, chain, programs, nowMs }: VerifyContext,
  { jobId, nodeEndpoint: endpoint, nodeCertificatePem: certificatePem }: GetCommitmentsResponse,
  { nodeWallet, signal }: { readonly nodeWallet: string; readonly signal: AbortSignal },
): Promise<NodeFiles> {
  await verifyNodeCertificate(chain.rpc, { nodeWallet, certificatePem, programs, signal });
  let audit = await proofs.getAuditToken({ jobId }, { signal, timeoutMs: CALL_TIMEOUT_MS });
  // A replay may take longer than a token is good for.
  const token = async () => {
    if (nowMs() > Number(audit.expiresAt) * 1_000 - TOKEN_RESERVE_MS) {
      audit = await proofs.getAuditToken({ jobId }, { signal, timeoutMs: CALL_TIMEOUT_MS });
    }
    return audit.token;
  };
  const dialer = new NodeDialer({ endpoint, certificatePem }, (relaySignal) => openRelay(jobId, relaySignal));
  const get = async (path: string, maxBytes: number, sha256?: string) =>
    fetchWhole({
      url: `https://${endpoint}/jobs/${jobId}/${path}`,
      ...{ certificatePem, bearerToken: await token(), maxBytes, signal },
      dial: (dialSignal) => dialer.dial("http/1.1", dialSignal),
      ...(sha256 !== undefined && { sha256 }),
    });
  return {
    proof: async () => parseNodeProof(await get("proof", MAX_PROOF_BYTES)),
    state: (epoch, { sha256, maxBytes }) => get(`states/${epoch}`, maxBytes, sha256),
    dataset: ({ sha256, maxBytes }) => get("dataset", maxBytes, sha256),
  };
}
