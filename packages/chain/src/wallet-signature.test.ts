import { generateKeyPairSigner } from "@solana/kit";
import { expect, test } from "vitest";
import { isSignedBy, signBytes } from "./wallet-signature.ts";

test("a signature holds for its wallet and its bytes, and for nothing else", async () => {
  const [wallet, other] = await Promise.all([generateKeyPairSigner(), generateKeyPairSigner()]);
  const bytes = new TextEncoder().encode("an order");
  const signature = await signBytes(wallet, bytes);
  expect(await isSignedBy(wallet.address, bytes, signature)).toBe(true);
  expect(await isSignedBy(other.address, bytes, signature)).toBe(false);
  expect(await isSignedBy(wallet.address, bytes.subarray(1), signature)).toBe(false);
  expect(await isSignedBy(wallet.address, bytes, signature.subarray(1))).toBe(false);
  expect(await isSignedBy(wallet.address, bytes, new Uint8Array(64))).toBe(false);
  expect(await isSignedBy("nobody", bytes, signature)).toBe(false);
});
