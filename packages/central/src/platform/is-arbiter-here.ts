import type { PlatformChain } from "./platform-chain.ts";

/** Whether this Central has the key of the platform's arbiter, whom the administrator may have changed meanwhile. */
export async function isArbiterHere(chain: Pick<PlatformChain, "arbiter" | "platform">): Promise<boolean> {
  return chain.arbiter !== undefined && (await chain.platform()).arbiter === chain.arbiter;
}
