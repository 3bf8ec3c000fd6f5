import type { ResolvedNodeConfig } from "../config/node-config.ts";
import type { Wallet } from "../identity/wallet.ts";
import type { Logger } from "../util/log.ts";
import type { NodeChain } from "./node-chain.ts";

/** The chain as a node sees it, through an RPC server. */
export async function createNodeChain(
  _config: ResolvedNodeConfig["chain"],
  _wallet: Wallet,
  _log: Logger,
): Promise<NodeChain> {
  throw new Error("not there yet");
}
