import { CyxwizError } from "@cyxwiz/errors";
import { type CryptoKey, errors, importJWK, type JWK, jwtVerify, SignJWT } from "jose";
import { CENTRAL_AUDIENCE, toTokenError } from "./wallet-token.ts";

/** How long a job token is good for: enough to connect, short enough to be worthless when it leaks. */
export const JOB_TOKEN_LIFETIME_SECONDS = 300;

/** What a job token says: this job may be run on this node, once. */
export interface JobToken {
  readonly jobId: string;
  readonly nodeId: string;
  /** Single use hangs on this: Central redeems each only once. */
  readonly tokenId: string;
  /** Unix seconds. */
  readonly expiresAtSeconds: number;
}

/** Signs with Central's private key (EdDSA). `sub` = job, `aud` = node, `jti` = token id. */
export function signJobToken(token: JobToken, options: { privateKey: CryptoKey; nowSeconds: number }): Promise<string> {
  return new SignJWT()
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
 * Checks a job token offline: signature, issuer, expiry, and that it is for this node (or, without `nodeId`, for any).
 * Single use is Central's to check. Throws TOKEN_INVALID, TOKEN_EXPIRED or TOKEN_WRONG_AUDIENCE.
 */
export async function verifyJobToken(
  token: string,
  options: { publicKey: CryptoKey; nodeId?: string; nowSeconds: number },
): Promise<JobToken> {
  try {
    const { payload } = await jwtVerify(token, options.publicKey, {
      algorithms: ["EdDSA", "Ed25519"],
      issuer: CENTRAL_AUDIENCE,
      ...(options.nodeId === undefined ? {} : { audience: options.nodeId }),
      currentDate: new Date(options.nowSeconds * 1000),
      requiredClaims: ["sub", "aud", "jti", "exp"],
    });
    // Other tokens that Central signs for a node and a job say what else they are for.
    if (payload.scope !== undefined) {
      throw new errors.JWTClaimValidationFailed("it is not a job token", payload, "scope");
    }
    return {
      jobId: payload.sub as string,
      nodeId: [payload.aud].flat()[0] as string,
      tokenId: payload.jti as string,
      expiresAtSeconds: payload.exp as number,
    };
  } catch (error) {
    throw toTokenError(error, options.nodeId ?? "any node");
  }
}

/** Reads the public key (JWK as JSON) that Central gives its nodes. Throws TOKEN_INVALID. */
export async function parseTokenPublicKey(jwkJson: string): Promise<CryptoKey> {
  try {
    return (await importJWK(JSON.parse(jwkJson) as JWK, "EdDSA")) as CryptoKey;
  } catch (error) {
    throw new CyxwizError("TOKEN_INVALID", { reason: "Central's public key is not a JWK" }, { cause: error });
  }
}
