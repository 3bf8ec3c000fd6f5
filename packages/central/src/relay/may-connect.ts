import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import { verifyAuditToken, verifyJobToken } from "@cyxwiz/protocol";
import { type Context, nowSeconds } from "../context.ts";
import type { Job } from "../database/schema/index.ts";
import { isConnectable } from "../jobs/lifecycle.ts";
import { verifyCaller } from "../nodes/register-node.ts";

/**
 * Lets those to the node of a job who could connect to it directly: the job's payer, by a wallet token, and whoever
 * holds a token of ours for this job on its node.
 *
 * @returns the node's id
 * @throws CyxwizError TOKEN_*, NOT_YOURS, JOB_ILLEGAL_MOVE (not paid, or over)
 */
export async function mayConnect(context: Context, job: Job, token: string | undefined): Promise<string> {
  if (token === undefined) throw new CyxwizError("TOKEN_MISSING", { what: `Job ${job.id}` });
  const nodeId = job.assignedNodeId ?? "";
  if (!(await isOurTokenFor(context, { jobId: job.id, nodeId }, token))) {
    const caller = await verifyCaller(context, token);
    if (caller !== job.payerWallet) throw new CyxwizError("NOT_YOURS", { what: `Job ${job.id}` });
  }
  if (!isConnectable(job)) {
    throw new CyxwizError("JOB_ILLEGAL_MOVE", { jobId: job.id, from: job.status, event: "connect" });
  }
  return nodeId;
}

async function isOurTokenFor(
  context: Context,
  job: { readonly jobId: string; readonly nodeId: string },
  token: string,
): Promise<boolean> {
  const { publicKey } = context.tokenKeys;
  const options = { publicKey, nodeId: job.nodeId, nowSeconds: nowSeconds(context) };
  for (const verify of [verifyJobToken, verifyAuditToken]) {
    try {
      const { jobId } = await verify(token, options);
      if (jobId !== job.jobId) throw new CyxwizError("NOT_YOURS", { what: `Job ${job.jobId}` });
      return true;
    } catch (error) {
      // It may still be of the other kind, or a wallet's.
      if (!isCyxwizError(error, "TOKEN_INVALID")) throw error;
    }
  }
  return false;
}
