import type { Address } from "@solana/kit";
import { z } from "zod";
import { fromBase58 } from "../encoding/base58.ts";

const sized = (bytes: number) => (text: string, context: z.RefinementCtx) => {
  const decoded = fromBase58(text);
  if (decoded?.length === bytes) return;
  context.addIssue({ code: "custom", message: `Invalid param: ${decoded === undefined ? "Invalid" : "WrongSize"}` });
};

export const address = z
  .string()
  .superRefine(sized(32))
  .transform((text) => text as Address);

export const signature = z.string().superRefine(sized(64));
export const hash = z.string().superRefine(sized(32));

export const slot = z.number().int().nonnegative();

/** A u64, which may come as a number or, when large, as a bigint. */
export const u64 = z
  .union([z.number().int(), z.bigint()])
  .transform(BigInt)
  .refine((value) => value >= 0n && value < 1n << 64n, "expected u64");

export const commitment = z.enum(["processed", "confirmed", "finalized"]);

/** The settings that nearly every read has. */
export const contextConfig = { commitment: commitment.nullish(), minContextSlot: slot.nullish() };
export const readConfig = z.object(contextConfig).nullish();

export const accountEncoding = z.enum(["binary", "base58", "base64", "base64+zstd", "jsonParsed"]);
export const dataSlice = z.object({ offset: z.number().int().nonnegative(), length: z.number().int().nonnegative() });
export const accountConfig = {
  ...contextConfig,
  encoding: accountEncoding.nullish(),
  dataSlice: dataSlice.nullish(),
};

export const transactionEncoding = z.enum(["binary", "base58", "base64", "json", "jsonParsed"]);

const comparedBytes = z.union([z.string(), z.array(z.number().int().min(0).max(255))]);
export const accountFilter = z.union([
  z.object({ dataSize: slot }),
  z.object({
    memcmp: z.object({ offset: slot, bytes: comparedBytes, encoding: z.enum(["base58", "base64", "bytes"]).nullish() }),
  }),
  z.object({ tokenAccountState: z.null() }),
  z.literal("tokenAccountState").transform(() => ({ tokenAccountState: null })),
]);
export type AccountFilter = z.output<typeof accountFilter>;
