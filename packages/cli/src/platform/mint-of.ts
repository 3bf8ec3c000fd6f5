import type { Chain } from "@cyxwiz/chain";
import type { Address } from "@solana/kit";
import { requirePlatform } from "./read-platform.ts";

/** The platform's token. Throws CONFIG_INVALID where there is no platform. */
export async function mintOf(chain: Chain): Promise<Address> {
  return (await requirePlatform(chain)).mint;
}
