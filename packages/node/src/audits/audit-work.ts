import { create } from "@bufbuild/protobuf";
import { isCyxwizError } from "@cyxwiz/errors";
import { type AuditAssignment, GetAuditTokenResponseSchema, openTunnel } from "@cyxwiz/protocol";
import { trainerInWorker } from "@cyxwiz/training/node";
import { type AuditFinding, findingOf, verifyJob } from "@cyxwiz/verify";
import type { CentralClient } from "../central-client/central-client.ts";
import type { NodeChain } from "../chain/node-chain.ts";

const RELAY_WITHIN_MS = 20_000;

/** What it takes to audit the work of another node. */
export interface AuditContext {
  readonly central: CentralClient;
  readonly chain: NodeChain;
  readonly nowMs: () => number;
}

/**
 * Audits the work of another node: what is public of it is read from the chain, not believed; the epochs that the lots
 * fell on are trained again in a thread of their own.
 *
 * @param assignment asked for each time, as its token is given out anew
 * @throws CyxwizError ABORTED; where nothing can be said, what keeps the other node from being looked into
 */
export async function auditWork(
  { central, chain, nowMs }: AuditContext,
  assignment: () => AuditAssignment,
  signal: AbortSignal,
): Promise<AuditFinding> {
  const { jobId, epochs } = assignment();
  const { url: centralUrl, certificatePem } = central.address;
  const verdict = await verifyJob(
    {
      ...chain.forVerifying,
      nowMs,
      proofs: {
        getCommitments: (request, options) => central.proofs.getCommitments(request, options),
        listLinks: (request, options) => central.proofs.listLinks(request, options),
        async getAuditToken() {
          const { auditToken: token, tokenExpiresAt: expiresAt } = assignment();
          return create(GetAuditTokenResponseSchema, { token, expiresAt });
        },
      },
      openRelay: async (id, relaySignal) =>
        openTunnel({
          ...{ centralUrl, end: { end: "job", id }, bearerToken: assignment().auditToken, signal: relaySignal },
          ...(certificatePem !== undefined && { certificatePem }),
          timeoutMs: RELAY_WITHIN_MS,
        }),
    },
    jobId,
    { choice: { kind: "epochs", epochs }, trainer: trainerInWorker, signal },
  );
  return findingOf(verdict);
}

/** What an auditor says that was not shown what it takes. Throws what was thrown where that was its own doing. */
export function withheld(error: unknown): AuditFinding {
  if (isCyxwizError(error, "ABORTED") || isCyxwizError(error, "STORAGE_FAILED")) throw error;
  return { outcome: "WITHHELD", firstFalse: 0, problem: error instanceof Error ? error.message : String(error) };
}
