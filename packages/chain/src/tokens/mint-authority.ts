import type { Address } from "@solana/kit";
import { fetchMint } from "@solana-program/token";
import type { Chain } from "../chain.ts";

/** Who may make new tokens of a mint; `undefined` where nobody can any more. */
export async function mintAuthority(chain: Chain, mint: Address, signal?: AbortSignal): Promise<Address | undefined> {
  const { data } = await fetchMint(chain.rpc, mint, {
    commitment: "confirmed",
    ...(signal && { abortSignal: signal }),
  });
  return data.mintAuthority.__option === "Some" ? data.mintAuthority.value : undefined;
}
