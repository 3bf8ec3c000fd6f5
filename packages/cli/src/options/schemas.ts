import { isAddress } from "@solana/kit";
import { z } from "zod";
import { parseAmount } from "./amount.ts";

export const port = z.coerce
  .number("a port is a number from 0 to 65535; 0 takes a free one")
  .int("a port is a whole number")
  .min(0, "a port is at least 0")
  .max(65_535, "a port is at most 65535");

export const positiveInteger = z.coerce
  .number("expected a whole number")
  .int("expected a whole number")
  .positive("expected a number above 0");

export const httpUrl = url(["http:", "https:"]);
export const httpsUrl = url(["https:"]);
export const wsUrl = url(["ws:", "wss:"]);
export const postgresUrl = url(["postgres:", "postgresql:"]);

/** Tokens, as people write them ("12.5"), to base units. */
export const amount = z.string().transform((text, context) => {
  const parsed = parseAmount(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({
    code: "custom",
    message: "expected tokens with at most 9 decimals, such as 12.5, and no more than there can be (18 billion)",
  });
  return z.NEVER;
});

/** The same, where nothing would make no sense. */
export const positiveAmount = amount.refine((units) => units > 0n, "expected more than 0 tokens");

export const address = z.string().refine(isAddress, "expected an address: 32 to 44 characters of base58");

export const logLevel = z.enum(
  ["trace", "debug", "info", "warn", "error", "fatal", "silent"],
  "expected trace, debug, info, warn, error, fatal or silent",
);

export const host = z.string().min(1, "expected a host name or an address");

function url(protocols: readonly string[]) {
  const expected = `expected an address that starts with ${protocols.map((protocol) => `${protocol}//`).join(" or ")}`;
  return z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), expected);
}
