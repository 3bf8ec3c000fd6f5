import type { CryptoKey } from "jose";
import { type CentralToken, signCentralToken, verifyCentralToken } from "./central-token.ts";

/** How long an audit token is good for: enough to fetch a state or a data set, and to ask for another token. */
export const AUDIT_TOKEN_LIFETIME_SECONDS = 900;

const SCOPE = "audit";

/** What an audit token says: its holder may read what a node keeps of this job, as often as it likes, and nothing else. */
export interface AuditToken extends CentralToken {
  /** Unique; for logs. The token is not single-use. */
  readonly tokenId: string;
}

/** Signs with Central's private key (EdDSA). `sub` = job, `aud` = node, `jti` = token id, `scope` = "audit". */
export function signAuditToken(
  token: AuditToken,
  options: { privateKey: CryptoKey; nowSeconds: number },
): Promise<string> {
  return signCentralToken(token, { ...options, scope: SCOPE });
}

/**
 * Checks an audit token offline: signature, issuer, scope, expiry, and that it is for this node. Whose job it is for is
 * the caller's to compare. Throws TOKEN_INVALID, TOKEN_EXPIRED or TOKEN_WRONG_AUDIENCE.
 */
export function verifyAuditToken(
  token: string,
  options: { publicKey: CryptoKey; nodeId: string; nowSeconds: number },
): Promise<AuditToken> {
  return verifyCentralToken(token, { ...options, scope: SCOPE, wrongScope: "it is not for an audit" });
}
