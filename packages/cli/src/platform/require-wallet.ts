import { CyxwizError } from "@cyxwiz/errors";
import type { Address, KeyPairSigner } from "@solana/kit";

/**
 * Refuses, before anything is sent, what only another wallet may do.
 *
 * @param what what is to be done, for the message: "Pausing"
 * @throws CyxwizError WRONG_WALLET
 */
export function requireWallet(
  what: string,
  given: Pick<KeyPairSigner, "address">,
  { whose, needed }: { readonly whose: string; readonly needed: Address | readonly Address[] },
): void {
  const allowed = [needed].flat();
  if (allowed.includes(given.address)) return;
  throw new CyxwizError("WRONG_WALLET", { what, whose, needed: allowed.join(" or "), given: given.address });
}
