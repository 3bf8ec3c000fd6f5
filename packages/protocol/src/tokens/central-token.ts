import { type CryptoKey, errors, jwtVerify, SignJWT } from "jose";
import { CENTRAL_AUDIENCE, toTokenError } from "./wallet-token.ts";

/** What every token says that Central gives out for a job on a node. */
export interface CentralToken {
  readonly jobId: string;
  readonly nodeId: string;
  readonly tokenId: string;
  /** Unix seconds. */
  readonly expiresAtSeconds: number;
}

/** Signs with Central's private key (EdDSA). `sub` = job, `aud` = node, `jti` = token id; `scope`, where it has one. */
export function signCentralToken(
  token: CentralToken,
  options: { privateKey: CryptoKey; nowSeconds: number; scope?: string },
): Promise<string> {
  const { privateKey, nowSeconds, scope } = options;
  return new SignJWT(scope === undefined ? {} : { scope })
    .setProtectedHeader({ alg: "EdDSA", typ: "JWT" })
    .setIssuer(CENTRAL_AUDIENCE)
    .setSubject(token.jobId)
    .setAudience(token.nodeId)
    .setJti(token.tokenId)
    .setIssuedAt(nowSeconds)
    .setExpirationTime(token.expiresAtSeconds)
    .sign(privateKey);
}

/**
 * Checks a token offline: signature, issuer, expiry, that it is for this node (or, without `nodeId`, for any), and that
 * its scope is exactly this one, so that no token passes for one of another kind. Throws TOKEN_INVALID, TOKEN_EXPIRED or
 * TOKEN_WRONG_AUDIENCE.
 *
 * @param options.wrongScope what is wrong with a token of another scope
 */
export async function verifyCentralToken(
  token: string,
  options: {
    publicKey: CryptoKey;
    nodeId?: string | undefined;
    nowSeconds: number;
    scope: string | undefined;
    wrongScope: string;
  },
): Promise<CentralToken> {
  const { publicKey, nodeId, nowSeconds, scope, wrongScope } = options;
  try {
    const { payload } = await jwtVerify(token, publicKey, {
      algorithms: ["EdDSA", "Ed25519"],
      issuer: CENTRAL_AUDIENCE,
      ...(nodeId === undefined ? {} : { audience: nodeId }),
      currentDate: new Date(nowSeconds * 1000),
      requiredClaims: ["sub", "aud", "jti", "exp", ...(scope === undefined ? [] : ["scope"])],
    });
    if (payload.scope !== scope) throw new errors.JWTClaimValidationFailed(wrongScope, payload, "scope");
    return {
      jobId: payload.sub as string,
      nodeId: nodeId ?? ([payload.aud].flat()[0] as string),
      tokenId: payload.jti as string,
      expiresAtSeconds: payload.exp as number,
    };
  } catch (error) {
    throw toTokenError(error, nodeId ?? "any node");
  }
}
