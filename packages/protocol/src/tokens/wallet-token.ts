import { createPublicKey, randomUUID } from "node:crypto";
import { CyxwizError } from "@cyxwiz/errors";
import { errors, jwtVerify, SignJWT } from "jose";

/** Wallet tokens are good for this long: enough for one exchange, with room for clocks that differ. */
export const WALLET_TOKEN_LIFETIME_SECONDS = 120;

/** Who a wallet token speaks to. */
export const CENTRAL_AUDIENCE = "cyxwiz-central";

/**
 * A JWT (EdDSA) signed by a Solana wallet's own key: proof that the caller holds the wallet.
 * `iss` is the wallet's address in base58.
 */
export function signWalletToken(options: {
  /** The wallet's address in base58. */
  wallet: string;
  /** The wallet's key; WebCrypto keys as kit's signers hold them. */
  privateKey: CryptoKey;
  audience: string;
  nowSeconds: number;
}): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: "EdDSA", typ: "JWT" })
    .setIssuer(options.wallet)
    .setAudience(options.audience)
    .setJti(randomUUID())
    .setIssuedAt(options.nowSeconds)
    .setExpirationTime(options.nowSeconds + WALLET_TOKEN_LIFETIME_SECONDS)
    .sign(options.privateKey);
}

/**
 * The wallet address that signed a token, once that is proven.
 * Throws TOKEN_INVALID, TOKEN_EXPIRED or TOKEN_WRONG_AUDIENCE.
 *
 * @param decodeAddress base58 to the 32 bytes of the public key
 */
export async function verifyWalletToken(
  token: string,
  options: { audience: string; nowSeconds: number; decodeAddress: (wallet: string) => Uint8Array },
): Promise<string> {
  try {
    const { payload } = await jwtVerify(
      token,
      async (_header, jws) => {
        const claims = JSON.parse(Buffer.from(String(jws.payload), "base64url").toString("utf8")) as { iss?: unknown };
        if (typeof claims.iss !== "string")
          throw new errors.JWTClaimValidationFailed("no issuer", claims as never, "iss");
        return ed25519PublicKey(options.decodeAddress(claims.iss));
      },
      {
        algorithms: ["EdDSA", "Ed25519"],
        audience: options.audience,
        currentDate: new Date(options.nowSeconds * 1000),
        clockTolerance: 30,
        maxTokenAge: WALLET_TOKEN_LIFETIME_SECONDS,
        requiredClaims: ["iss", "exp", "iat"],
      },
    );
    return payload.iss as string;
  } catch (error) {
    throw toTokenError(error, options.audience);
  }
}

/** The code for whatever `jose` refused a token for. */
export function toTokenError(error: unknown, expectedAudience: string): CyxwizError {
  if (error instanceof errors.JWTExpired) {
    return new CyxwizError("TOKEN_EXPIRED", { expiredAtSeconds: error.payload.exp ?? 0 }, { cause: error });
  }
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === "aud") {
    const actual = [error.payload.aud ?? "nobody"].flat().join(", ");
    return new CyxwizError("TOKEN_WRONG_AUDIENCE", { expected: expectedAudience, actual }, { cause: error });
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new CyxwizError("TOKEN_INVALID", { reason }, { cause: error });
}

function ed25519PublicKey(bytes: Uint8Array) {
  return createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(bytes).toString("base64url") },
    format: "jwk",
  });
}
