import { CyxwizError } from "@cyxwiz/errors";
import { type CryptoKey, importJWK, type JWK } from "jose";
import { type CentralToken, signCentralToken, verifyCentralToken } from "./central-token.ts";

/** How long a job token is good for: enough to connect, short enough to be worthless when it leaks. */
export const JOB_TOKEN_LIFETIME_SECONDS = 300;

/** What a job token says: this job may be run on this node, once. */
export interface JobToken extends CentralToken {
  /** Single use hangs on this: Central redeems each only once. */
  readonly tokenId: string;
}

/** Signs with Central's private key (EdDSA). `sub` = job, `aud` = node, `jti` = token id. */
export function signJobToken(token: JobToken, options: { privateKey: CryptoKey; nowSeconds: number }): Promise<string> {
  return signCentralToken(token, options);
}

/**
 * Checks a job token offline: signature, issuer, expiry, and that it is for this node (or, without `nodeId`, for any).
 * Single use is Central's to check. Throws TOKEN_INVALID, TOKEN_EXPIRED or TOKEN_WRONG_AUDIENCE.
 */
export function verifyJobToken(
  token: string,
  options: { publicKey: CryptoKey; nodeId?: string; nowSeconds: number },
): Promise<JobToken> {
  // Other tokens that Central signs for a node and a job say what else they are for.
  return verifyCentralToken(token, { ...options, scope: undefined, wrongScope: "it is not a job token" });
}

/** Reads the public key (JWK as JSON) that Central gives its nodes. Throws TOKEN_INVALID. */
export async function parseTokenPublicKey(jwkJson: string): Promise<CryptoKey> {
  try {
    return (await importJWK(JSON.parse(jwkJson) as JWK, "EdDSA")) as CryptoKey;
  } catch (error) {
    throw new CyxwizError("TOKEN_INVALID", { reason: "Central's public key is not a JWK" }, { cause: error });
  }
}
