import {
  fetchMaybeNode,
  fetchMaybeRegistry,
  findNodeAddress,
  findRegistryAddress,
  type Node,
  type Registry,
} from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import type { Address } from "@solana/kit";
import { confirmed, type OperatorContext, programsOf } from "./operator-context.ts";

/** A node's account on chain and where it is. */
export interface NodeOnChain {
  readonly address: Address;
  readonly data: Node;
}

/** The registry's parameters. Throws CONFIG_INVALID where the cluster has none. */
export async function readRegistry(context: OperatorContext): Promise<Registry> {
  const address = await findRegistryAddress(programsOf(context));
  const registry = await fetchMaybeRegistry(context.chain.rpc, address, confirmed(context));
  if (registry.exists) return registry.data;
  const problem = "it has no CyxWiz node registry; `cyxwiz admin init` makes one";
  throw new CyxwizError("CONFIG_INVALID", { source: "the cluster", problem });
}

/** A wallet's node. Throws NODE_NOT_ON_CHAIN for a wallet that has registered none. */
export async function readNode(context: OperatorContext, wallet: Address): Promise<NodeOnChain> {
  const address = await findNodeAddress(wallet, programsOf(context));
  const node = await fetchMaybeNode(context.chain.rpc, address, confirmed(context));
  if (node.exists) return { address, data: node.data };
  const problem = "it has registered no node; `cyxwiz node register` does.";
  throw new CyxwizError("NODE_NOT_ON_CHAIN", { wallet, problem });
}
