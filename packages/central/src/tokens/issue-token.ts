import { JOB_TOKEN_LIFETIME_SECONDS, signJobToken } from "@cyxwiz/protocol";
import { and, eq, gt, isNull } from "drizzle-orm";
import { type Context, now, nowSeconds } from "../context.ts";
import type { Tx } from "../database/connect.ts";
import { jobs, jobTokens } from "../database/schema/index.ts";

/** A token, and until when it is good. */
export interface IssuedToken {
  readonly token: string;
  /** Unix seconds. */
  readonly expiresAtSeconds: number;
}

/** A fresh token for a job on its node; whichever token of the job is still unused is revoked. */
export async function issueToken(context: Context, tx: Tx, jobId: string, nodeId: string): Promise<IssuedToken> {
  const tokenId = context.newId();
  const issuedAt = nowSeconds(context);
  const expiresAtSeconds = issuedAt + JOB_TOKEN_LIFETIME_SECONDS;
  await tx
    .update(jobTokens)
    .set({ revokedAt: now(context) })
    .where(and(eq(jobTokens.jobId, jobId), isNull(jobTokens.redeemedAt), isNull(jobTokens.revokedAt)));
  await tx.insert(jobTokens).values({ id: tokenId, jobId, nodeId, expiresAt: new Date(expiresAtSeconds * 1_000) });
  await tx.update(jobs).set({ authToken: tokenId }).where(eq(jobs.id, jobId));
  return sign(context, { jobId, nodeId, tokenId, expiresAtSeconds });
}

/** The job's unused token once more, the same one, so that asking again voids nothing; a fresh one where there is none. */
export async function repeatToken(context: Context, tx: Tx, jobId: string, nodeId: string): Promise<IssuedToken> {
  const isOpen = and(isNull(jobTokens.redeemedAt), isNull(jobTokens.revokedAt), gt(jobTokens.expiresAt, now(context)));
  const [open] = await tx
    .select()
    .from(jobTokens)
    .where(and(eq(jobTokens.jobId, jobId), isOpen));
  if (!open) return issueToken(context, tx, jobId, nodeId);
  const expiresAtSeconds = Math.floor(open.expiresAt.getTime() / 1_000);
  return sign(context, { jobId, nodeId, tokenId: open.id, expiresAtSeconds });
}

async function sign(context: Context, claims: Parameters<typeof signJobToken>[0]): Promise<IssuedToken> {
  const { privateKey } = context.tokenKeys;
  const token = await signJobToken(claims, { privateKey, nowSeconds: nowSeconds(context) });
  return { token, expiresAtSeconds: claims.expiresAtSeconds };
}
