import type { Chain } from "@cyxwiz/chain";
import { fetchMaybePlatform, findPlatformAddress, type Platform } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";

/** The platform on a cluster; `undefined` before it was set up. */
export async function readPlatform(chain: Chain): Promise<Platform | undefined> {
  const account = await fetchMaybePlatform(chain.rpc, await findPlatformAddress(), { commitment: "confirmed" });
  return account.exists ? account.data : undefined;
}

/** The platform on a cluster. Throws CONFIG_INVALID where there is none. */
export async function requirePlatform(chain: Chain): Promise<Platform> {
  const platform = await readPlatform(chain);
  if (platform) return platform;
  const problem = "it has no CyxWiz platform; `cyxwiz admin init` makes one";
  throw new CyxwizError("CONFIG_INVALID", { source: "the cluster", problem });
}
