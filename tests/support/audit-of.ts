import { createClient } from "@connectrpc/connect";
import { type Audit, createTlsTransport, ProofService } from "@cyxwiz/protocol";
import type { Cluster } from "cyxwiz/testing";
import { onTestFinished } from "vitest";

/** Asks a cluster's Central what came of the audits of jobs. */
export function auditsOf({ central }: Cluster): (jobId: string) => Promise<Audit | undefined> {
  const { transport, close } = createTlsTransport({
    ...{ peer: "Central", baseUrl: central.url, certificatePem: central.certificatePem },
    maxMessageBytes: 1 << 24,
  });
  onTestFinished(close);
  const proofs = createClient(ProofService, transport);
  return async (jobId) => (await proofs.getCommitments({ jobId })).audit;
}
