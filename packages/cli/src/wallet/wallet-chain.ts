import { type Chain, createChain } from "@cyxwiz/chain";
import { CyxwizError } from "@cyxwiz/errors";
import type { Address } from "@solana/kit";
import type { ChainOptions } from "../options/common.ts";
import { readPlatform } from "../platform/read-platform.ts";

export function chainOf(flags: ChainOptions, signal?: AbortSignal): Chain {
  return createChain({ rpcUrls: [flags.rpcUrl], wsUrl: flags.wsUrl, ...(signal ? { signal } : {}) });
}

/** The platform's token. Throws CONFIG_INVALID where there is no platform. */
export async function mintOf(chain: Chain): Promise<Address> {
  const platform = await readPlatform(chain);
  if (platform) return platform.mint;
  const problem = "it has no CyxWiz platform; `cyxwiz admin init` makes one";
  throw new CyxwizError("CONFIG_INVALID", { source: "the cluster", problem });
}
