import { define } from "../definition.ts";

/** 4000–4999: tokens and identities. */
export const authErrors = {
  TOKEN_MISSING: define<{ what: string }>(4001, "UNAUTHENTICATED", (c) => `${c.what} needs a token.`),
  TOKEN_INVALID: define<{ reason: string }>(4002, "UNAUTHENTICATED", (c) => `The token is not valid: ${c.reason}`),
  TOKEN_EXPIRED: define<{ expiredAtSeconds: number }>(
    4003,
    "UNAUTHENTICATED",
    (c) => `The token expired at ${new Date(c.expiredAtSeconds * 1000).toISOString()}. Ask Central for a new one.`,
  ),
  TOKEN_ALREADY_USED: define(
    4004,
    "PERMISSION_DENIED",
    () => "The token was used before; each is good for one connection. Ask Central for a new one.",
  ),
  TOKEN_WRONG_AUDIENCE: define<{ expected: string; actual: string }>(
    4005,
    "PERMISSION_DENIED",
    (c) => `The token is for ${c.actual}, not for ${c.expected}.`,
  ),
  NOT_YOURS: define<{ what: string }>(4006, "PERMISSION_DENIED", (c) => `${c.what} belongs to another wallet.`),
  NODE_NOT_ON_CHAIN: define<{ wallet: string; problem: string }>(
    4007,
    "FAILED_PRECONDITION",
    (c) => `Wallet ${c.wallet} can't work as a node: ${c.problem}`,
  ),
  WRONG_WALLET: define<{ what: string; whose: string; needed: string; given: string }>(
    4009,
    "PERMISSION_DENIED",
    (c) => `${c.what} takes the wallet of ${c.whose}, ${c.needed}; the one given is ${c.given}.`,
  ),
  CERTIFICATE_NOT_REGISTERED: define<{ registered: string; actual: string }>(
    4008,
    "PERMISSION_DENIED",
    (c) => `The certificate ${c.actual} is not the one registered on chain, ${c.registered}. Register it first.`,
  ),
} as const;
