import { create } from "@bufbuild/protobuf";
import { GetAuditTokenResponseSchema, GetCommitmentsResponseSchema } from "@cyxwiz/protocol";
import { type NodeFiles, openNodeFiles } from "@cyxwiz/verify";
import type { Sight } from "../../audits/look-at-work.ts";
import type { Context } from "../../context.ts";
import type { Job } from "../../database/schema/index.ts";
import { publicCommitments } from "../../proofs/public-commitments.ts";
import { issueAuditToken } from "../../tokens/issue-audit-token.ts";

/** What the node of a job keeps of it, for Central itself. */
export async function filesOf(
  context: Context,
  { chain, programs, openRelay }: Sight,
  job: Job,
  signal: AbortSignal,
): Promise<NodeFiles> {
  const claimed = create(GetCommitmentsResponseSchema, await publicCommitments(context, job));
  const { jobId, nodeId, nodeWallet } = claimed;
  const token = () => issueAuditToken(context, { jobId, nodeId });
  return openNodeFiles(
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
}
