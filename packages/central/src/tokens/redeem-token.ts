import { isCanonicalUuid } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { verifyJobToken } from "@cyxwiz/protocol";
import { and, eq, gt, isNull } from "drizzle-orm";
import { type Context, now, nowSeconds } from "../context.ts";
import { type Job, jobTokens } from "../database/schema/index.ts";
import { findJob } from "../jobs/find-job.ts";
import { isConnectable } from "../jobs/lifecycle.ts";

/**
 * Uses a token up: of any number of attempts one succeeds.
 *
 * @throws CyxwizError TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_WRONG_AUDIENCE, TOKEN_ALREADY_USED, JOB_ILLEGAL_MOVE
 */
export async function redeemToken(context: Context, token: string, nodeId: string): Promise<Job> {
  const { publicKey } = context.tokenKeys;
  const claims = await verifyJobToken(token, { publicKey, nodeId, nowSeconds: nowSeconds(context) });
  return useUp(context, claims, nodeId);
}

/** Redeems a token by its id. Throws what {@link redeemToken} does. */
export async function useUp(
  context: Context,
  claims: { readonly tokenId: string; readonly jobId: string },
  nodeId: string,
): Promise<Job> {
  if (!isCanonicalUuid(claims.tokenId)) throw new CyxwizError("TOKEN_INVALID", { reason: "it names no token of ours" });
  return context.db.transaction(async (tx) => {
    const [redeemed] = await tx
      .update(jobTokens)
      .set({ redeemedAt: now(context) })
      .where(
        and(
          eq(jobTokens.id, claims.tokenId),
          eq(jobTokens.jobId, claims.jobId),
          eq(jobTokens.nodeId, nodeId),
          isNull(jobTokens.redeemedAt),
          isNull(jobTokens.revokedAt),
          gt(jobTokens.expiresAt, now(context)),
        ),
      )
      .returning();
    if (!redeemed) throw await whyNot(context, claims.tokenId);
    const job = await findJob(tx, claims.jobId);
    // The job may have ended since the token was given out.
    if (!isConnectable(job)) {
      throw new CyxwizError("JOB_ILLEGAL_MOVE", { jobId: job.id, from: job.status, event: "connect" });
    }
    return job;
  });
}

async function whyNot(context: Context, tokenId: string): Promise<CyxwizError> {
  const [token] = await context.db.select().from(jobTokens).where(eq(jobTokens.id, tokenId));
  if (!token) return new CyxwizError("TOKEN_INVALID", { reason: "it names no token of ours" });
  if (token.redeemedAt) return new CyxwizError("TOKEN_ALREADY_USED", {});
  if (token.revokedAt) return new CyxwizError("TOKEN_INVALID", { reason: "a newer one was given out since" });
  return new CyxwizError("TOKEN_EXPIRED", { expiredAtSeconds: Math.floor(token.expiresAt.getTime() / 1_000) });
}
