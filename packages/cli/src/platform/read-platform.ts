import type { Chain } from "@cyxwiz/chain";
import { fetchMaybePlatform, findPlatformAddress, type Platform } from "@cyxwiz/contracts";

/** The platform on a cluster; `undefined` before it was set up. */
export async function readPlatform(chain: Chain): Promise<Platform | undefined> {
  const account = await fetchMaybePlatform(chain.rpc, await findPlatformAddress(), { commitment: "confirmed" });
  return account.exists ? account.data : undefined;
}
