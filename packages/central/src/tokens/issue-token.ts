import { JOB_TOKEN_LIFETIME_SECONDS, signJobToken } from "@cyxwiz/protocol";
import { and, eq, isNull } from "drizzle-orm";
import { type Context, now, nowSeconds } from "../context.ts";
import type { Tx } from "../database/connect.ts";
import { jobs, jobTokens } from "../database/schema/index.ts";

/** A fresh token for a job on its node; whichever token of the job is still unused is revoked. */
export async function issueToken(
  context: Context,
  tx: Tx,
  jobId: string,
  nodeId: string,
): Promise<{ token: string; expiresAtSeconds: number }> {
  const tokenId = context.newId();
  const issuedAt = nowSeconds(context);
  const expiresAtSeconds = issuedAt + JOB_TOKEN_LIFETIME_SECONDS;
  await tx
    .update(jobTokens)
    .set({ revokedAt: now(context) })
    .where(and(eq(jobTokens.jobId, jobId), isNull(jobTokens.redeemedAt), isNull(jobTokens.revokedAt)));
  await tx.insert(jobTokens).values({ id: tokenId, jobId, nodeId, expiresAt: new Date(expiresAtSeconds * 1_000) });
  await tx.update(jobs).set({ authToken: tokenId }).where(eq(jobs.id, jobId));
  const { privateKey } = context.tokenKeys;
  const token = await signJobToken({ jobId, nodeId, tokenId, expiresAtSeconds }, { privateKey, nowSeconds: issuedAt });
  return { token, expiresAtSeconds };
}
