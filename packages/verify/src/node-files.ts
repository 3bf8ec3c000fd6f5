import { fetchToFile, fetchWhole, NodeDialer, verifyNodeCertificate, type WholeFile } from "@cyxwiz/peer";
import type { GetAuditTokenResponse, GetCommitmentsResponse } from "@cyxwiz/protocol";
import { type NodeProof, parseNodeProof } from "./node-proof.ts";
import type { ProofCalls, VerifyContext } from "./verify-context.ts";

const CALL_TIMEOUT_MS = 30_000;
/** Enough to fetch what is asked for next. */
const TOKEN_RESERVE_MS = 300_000;
/** A job of 100,000 epochs has about 40 MB of links. */
const MAX_PROOF_BYTES = 256 * 1024 * 1024;
/** What it takes to reach them. */
export type FilesContext = Omit<VerifyContext, "proofs"> & { readonly proofs: Pick<ProofCalls, "getAuditToken"> };

/** What a node keeps of a job, for whoever may look at it. Each call throws as `fetchWhole` does. */
export interface NodeFiles {
  proof(): Promise<NodeProof>;
  /** The state after an epoch. */
  state(epoch: number, maxBytes: number): Promise<Uint8Array>;
  /** Fetches it into a file, and gives its size. Throws `STORAGE_FAILED` as well. */
  dataset(path: string, maxBytes: number): Promise<number>;
}

/**
 * What the node of a job keeps of it, with a token that Central gives. The node must have the certificate that its wallet
 * has registered on chain. Nothing is asked before the first call.
 *
 * Each call throws `NODE_IDENTITY_MISMATCH`, `NOT_YOURS`, `TOKEN_*` or `UNREACHABLE` as well.
 */
export function openNodeFiles(
  { proofs, openRelay, chain, programs, nowMs }: FilesContext,
  { jobId, nodeEndpoint: endpoint, nodeCertificatePem: certificatePem }: GetCommitmentsResponse,
  { nodeWallet, signal }: { readonly nodeWallet: string; readonly signal: AbortSignal },
): NodeFiles {
  let audit: GetAuditTokenResponse | undefined;
  let isKnown = false;
  // A replay may take longer than a token is good for.
  const token = async () => {
    if (!audit || nowMs() > Number(audit.expiresAt) * 1_000 - TOKEN_RESERVE_MS) {
      audit = await proofs.getAuditToken({ jobId }, { signal, timeoutMs: CALL_TIMEOUT_MS });
    }
    return audit.token;
  };
  const dialer = new NodeDialer({ endpoint, certificatePem }, (relaySignal) => openRelay(jobId, relaySignal));
  const fileAt = async (path: string, maxBytes: number): Promise<WholeFile> => {
    if (!isKnown) await verifyNodeCertificate(chain.rpc, { nodeWallet, certificatePem, programs, signal });
    isKnown = true;
    return {
      url: `https://${endpoint}/jobs/${jobId}/${path}`,
      ...{ certificatePem, bearerToken: await token(), maxBytes, signal },
      dial: (dialSignal, read) => dialer.dial("http/1.1", dialSignal, read),
    };
  };
  const get = async (path: string, maxBytes: number) => fetchWhole(await fileAt(path, maxBytes));
  return {
    proof: async () => parseNodeProof(await get("proof", MAX_PROOF_BYTES)),
    state: (epoch, maxBytes) => get(`states/${epoch}`, maxBytes),
    dataset: async (path, maxBytes) => fetchToFile(await fileAt("dataset", maxBytes), path),
  };
}
