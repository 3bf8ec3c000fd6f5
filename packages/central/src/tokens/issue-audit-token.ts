import { AUDIT_TOKEN_LIFETIME_SECONDS, signAuditToken } from "@cyxwiz/protocol";
import { type Context, nowSeconds } from "../context.ts";

/** A token with which its holder may read what a node keeps of a job. It is not stored: it can be used any number of times. */
export async function issueAuditToken(
  context: Pick<Context, "tokenKeys" | "newId" | "nowMs" | "randomBytes">,
  { jobId, nodeId }: { readonly jobId: string; readonly nodeId: string },
): Promise<{ token: string; expiresAtSeconds: number }> {
  const issuedAt = nowSeconds(context);
  const expiresAtSeconds = issuedAt + AUDIT_TOKEN_LIFETIME_SECONDS;
  const { privateKey } = context.tokenKeys;
  const claims = { jobId, nodeId, tokenId: context.newId(), expiresAtSeconds };
  return { token: await signAuditToken(claims, { privateKey, nowSeconds: issuedAt }), expiresAtSeconds };
}
