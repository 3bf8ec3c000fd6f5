import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import { verifyAuditToken } from "@cyxwiz/protocol";
import type { Session } from "../sessions/session.ts";
import { bearerToken, type SessionStore } from "../sessions/session-store.ts";
import type { JobResource } from "./job-resource.ts";

export interface ReaderOptions {
  readonly sessions: SessionStore;
  /** Who this node is, and what Central's tokens verify with. */
  readonly registration: () => { readonly nodeId: string; readonly tokenKey: CryptoKey };
  readonly nowSeconds: () => number;
}

/**
 * Lets through whoever has the job's session, and, to all but the weights, whoever has an audit token for the job.
 * Gives the session, if it is that. Throws TOKEN_MISSING, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_WRONG_AUDIENCE or NOT_YOURS.
 */
export async function authorizeReader(
  { sessions, registration, nowSeconds }: ReaderOptions,
  { kind, jobId }: JobResource,
  authorization: string | undefined,
): Promise<Session | undefined> {
  const notYours = () => new CyxwizError("NOT_YOURS", { what: `Job ${jobId}` });
  try {
    return sessions.find(`The ${kind}`, { authorization, jobId });
  } catch (error) {
    const token = bearerToken(authorization ?? "");
    // Only tokens that Central signs have three parts.
    if (kind === "weights" || !isCyxwizError(error, "TOKEN_INVALID") || token.split(".").length !== 3) throw error;
    const { nodeId, tokenKey } = registration();
    const audit = await verifyAuditToken(token, { publicKey: tokenKey, nodeId, nowSeconds: nowSeconds() });
    if (audit.jobId !== jobId) throw notYours();
    return undefined;
  }
}
