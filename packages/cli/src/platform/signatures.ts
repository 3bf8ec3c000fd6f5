import type { Chain } from "@cyxwiz/chain";
import type { Address } from "@solana/kit";

/** The account's latest successful transactions, oldest first. */
export async function signatures(chain: Chain, address: Address, limit = 10): Promise<string[]> {
  const found = await chain.rpc.getSignaturesForAddress(address, { commitment: "confirmed", limit }).send();
  return found
    .filter(({ err }) => err === null)
    .map(({ signature }) => signature)
    .reverse();
}
