import type { Socket } from "node:net";
import { create } from "@bufbuild/protobuf";
import type { Chain } from "@cyxwiz/chain";
import type { ProgramAddresses } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { verifyNodeCertificate } from "@cyxwiz/peer";
import { hashFromHex, type Link } from "@cyxwiz/proof";
import { GetAuditTokenResponseSchema, GetCommitmentsResponseSchema } from "@cyxwiz/protocol";
import { trainerInWorker } from "@cyxwiz/training/node";
import { type AuditFinding, findingOf, openNodeFiles, verifyAgainst } from "@cyxwiz/verify";
import { asc, eq } from "drizzle-orm";
import type { Context } from "../context.ts";
import { type Job, jobCheckpoints } from "../database/schema/index.ts";
import { publicCommitments } from "../proofs/public-commitments.ts";
import { issueAuditToken } from "../tokens/issue-audit-token.ts";
import { blamingTheNode } from "./withheld.ts";

/** What it takes to reach a node and what it keeps. */
export interface Sight {
  readonly chain: Pick<Chain, "rpc">;
  readonly programs: ProgramAddresses;
  /** A byte stream through the relay to a job's node, for the holder of a token. */
  readonly openRelay: (jobId: string, token: string, signal: AbortSignal) => Promise<Socket>;
}

/**
 * Has a look at a node's work itself: fetches what the node keeps of it, and trains the chosen epochs again in a thread of
 * their own.
 *
 * @throws Withheld when the node does not show what it takes; CyxwizError where Central cannot do its part
 */
export async function lookAtWork(
  context: Context,
  sight: Sight,
  job: Job,
  chosen: readonly number[],
  signal: AbortSignal,
): Promise<AuditFinding> {
  const { programs, chain, openRelay } = sight;
  const claimed = create(GetCommitmentsResponseSchema, await publicCommitments(context, job));
  const { jobId, nodeId, nodeWallet, nodeCertificatePem: certificatePem, payerWallet: payer } = claimed;
  // What goes wrong here is the chain's fault; afterwards, the node's.
  const identity = { nodeWallet, certificatePem, programs, signal };
  await verifyNodeCertificate(chain.rpc, identity).catch((error: unknown) => {
    if (!(error instanceof CyxwizError) || error.code !== "NODE_IDENTITY_MISMATCH") throw error;
  });
  const token = () => issueAuditToken(context, { jobId, nodeId });
  const files = openNodeFiles(
    {
      ...{ chain, programs, nowMs: context.nowMs },
      openRelay: async (_, relaySignal) => openRelay(jobId, (await token()).token, relaySignal),
      proofs: {
        async getAuditToken() {
          const { token: issued, expiresAtSeconds } = await token();
          return create(GetAuditTokenResponseSchema, { token: issued, expiresAt: BigInt(expiresAtSeconds) });
        },
      },
    },
    claimed,
    { nodeWallet, signal },
  );
  const onChain = {
    ...{ payer, nodeWallet, checkpoints: claimed.epochs, anchors: [], problems: [] },
    ...(claimed.root !== "" && {
      final: { root: hashFromHex(claimed.root, "root"), leafCount: claimed.epochsReported + 1 },
    }),
  };
  const verdict = await verifyAgainst(
    { claimed, onChain, links: storedLinks(context, jobId), files: blamingTheNode(files), chosen },
    { trainer: trainerInWorker, signal },
  );
  return findingOf(verdict);
}

// Their hashes were checked when they were reported.
async function* storedLinks({ db }: Context, jobId: string): AsyncGenerator<Link, void, void> {
  const rows = await db
    .select()
    .from(jobCheckpoints)
    .where(eq(jobCheckpoints.jobId, jobId))
    .orderBy(asc(jobCheckpoints.epoch));
  for (const { epoch, stateHash, metricsHash, timestampSeconds, checkpointHash } of rows) {
    yield {
      epoch,
      stateHash: hashFromHex(stateHash ?? "", "state_hash"),
      metricsHash: epoch === 0 ? new Uint8Array() : hashFromHex(metricsHash ?? "", "metrics_hash"),
      timestampSeconds: timestampSeconds ?? 0n,
      checkpointHash: hashFromHex(checkpointHash, "checkpoint_hash"),
    };
  }
}
