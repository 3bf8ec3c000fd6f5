import { CyxwizError } from "@cyxwiz/errors";
import { type NodeAddress, verifyNodeCertificate } from "@cyxwiz/peer";
import type { JobContext } from "../engine-context.ts";
import { confirmEscrow } from "./confirm-escrow.ts";

/** Leave to use one node, once. */
export interface Authorization {
  readonly node: NodeAddress;
  readonly jobToken: string;
}

/**
 * Shows Central the escrow and gets leave to use the node, whose certificate must be the one on chain.
 *
 * @throws CyxwizError `ESCROW_*`, `NODE_IDENTITY_MISMATCH`, `RESERVATION_EXPIRED`, `UNREACHABLE`, `ABORTED`
 */
export async function authorize(
  context: JobContext,
  job: { jobId: string; signature: string; nodeWallet: string; certificatePem: string },
): Promise<Authorization> {
  const { signal, emit } = context;
  const answer = await confirmEscrow(context.central, { jobId: job.jobId, signature: job.signature, signal });
  // Central may name the certificate here or in the quote; what counts is the chain.
  const certificatePem = answer.certificatePem || job.certificatePem;
  const { nodeWallet } = job;
  await verifyNodeCertificate(context.chain.rpc, { nodeWallet, certificatePem, programs: context.programs, signal });
  if (answer.authToken === "" || answer.nodeEndpoint === "") {
    throw new CyxwizError("REMOTE", { number: 0, message: "Central accepted the escrow and gave no token" });
  }
  emit({
    type: "authorized",
    nodeEndpoint: answer.nodeEndpoint,
    tokenExpiresAtSeconds: Number(answer.tokenExpiresAt),
  });
  return { node: { endpoint: answer.nodeEndpoint, certificatePem }, jobToken: answer.authToken };
}
