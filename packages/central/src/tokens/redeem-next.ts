import { CyxwizError } from "@cyxwiz/errors";
import { and, eq, isNotNull } from "drizzle-orm";
import type { Context } from "../context.ts";
import { type Job, jobTokens } from "../database/schema/index.ts";
import { jobOfNode } from "../nodes/job-of-node.ts";
import { useUp } from "./redeem-token.ts";

/**
 * Uses up the token of a job that follows on another one's session: the client has proved with that one's token that it is
 * the payer, so the newest token of the next job of the same wallet on the same node need not be shown.
 *
 * @throws CyxwizError NOT_YOURS for another node's or another wallet's job, TOKEN_INVALID where no session can be, and what
 * `redeemToken` throws
 */
export async function redeemNextToken(
  context: Context,
  { jobId, previousJobId }: { readonly jobId: string; readonly previousJobId: string },
  nodeId: string,
): Promise<Job> {
  const [job, previous] = await Promise.all([
    jobOfNode(context.db, jobId, nodeId),
    jobOfNode(context.db, previousJobId, nodeId),
  ]);
  if (job.payerWallet !== previous.payerWallet) throw new CyxwizError("NOT_YOURS", { what: `Job ${jobId}` });
  const [opened] = await context.db
    .select({ id: jobTokens.id })
    .from(jobTokens)
    .where(and(eq(jobTokens.jobId, previousJobId), isNotNull(jobTokens.redeemedAt)))
    .limit(1);
  if (!opened) throw new CyxwizError("TOKEN_INVALID", { reason: `job ${previousJobId} has no session` });
  return useUp(context, { tokenId: job.authToken ?? "", jobId }, nodeId);
}
