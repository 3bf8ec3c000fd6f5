import { errors, jwtVerify, SignJWT } from "jose";
import { CENTRAL_AUDIENCE, toTokenError } from "./wallet-token.ts";

/** How long an audit token is good for: enough to fetch a state or a data set, and to ask for another token. */
export const AUDIT_TOKEN_LIFETIME_SECONDS = 900;

const SCOPE = "audit";

/** What an audit token says: its holder may read what a node keeps of this job, as often as it likes, and nothing else. */
export interface AuditToken {
  readonly jobId: string;
  readonly nodeId: string;
  /** Unique; for logs. The token is not single-use. */
  readonly tokenId: string;
  /** Unix seconds. */
  readonly expiresAtSeconds: number;
}

/** Signs with Central's private key (EdDSA). `sub` = job, `aud` = node, `jti` = token id, `scope` = "audit". */
export function signAuditToken(
  token: AuditToken,
  options: { privateKey: CryptoKey; nowSeconds: number },
): Promise<string> {
  return new SignJWT({ scope: SCOPE })
    .setProtectedHeader({ alg: "EdDSA", typ: "JWT" })
    .setIssuer(CENTRAL_AUDIENCE)
    .setSubject(token.jobId)
    .setAudience(token.nodeId)
    .setJti(token.tokenId)
    .setIssuedAt(options.nowSeconds)
    .setExpirationTime(token.expiresAtSeconds)
    .sign(options.privateKey);
}

/**
 * Checks an audit token offline: signature, issuer, scope, expiry, and that it is for this node. Whose job it is for is
 * the caller's to compare. Throws TOKEN_INVALID, TOKEN_EXPIRED or TOKEN_WRONG_AUDIENCE.
 */
export async function verifyAuditToken(
  token: string,
  options: { publicKey: CryptoKey; nodeId: string; nowSeconds: number },
): Promise<AuditToken> {
  try {
    const { payload } = await jwtVerify(token, options.publicKey, {
      algorithms: ["EdDSA", "Ed25519"],
      issuer: CENTRAL_AUDIENCE,
      audience: options.nodeId,
      currentDate: new Date(options.nowSeconds * 1000),
      requiredClaims: ["sub", "aud", "jti", "exp", "scope"],
    });
    if (payload.scope !== SCOPE) {
      throw new errors.JWTClaimValidationFailed("it is not for an audit", payload, "scope");
    }
    return {
      jobId: payload.sub as string,
      nodeId: options.nodeId,
      tokenId: payload.jti as string,
      expiresAtSeconds: payload.exp as number,
    };
  } catch (error) {
    throw toTokenError(error, options.nodeId);
  }
}
