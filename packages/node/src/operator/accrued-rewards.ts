import { type Node, NodeStatus, type Registry, stakeYield } from "@cyxwiz/contracts";

/** What a node's stake has earned and not been paid, in base units. A ban ends it. */
export function accruedRewards(
  node: Pick<Node, "status" | "rewards" | "staked" | "yieldClaimedAt">,
  registry: Pick<Registry, "yieldBps">,
  nowSeconds: bigint,
): bigint {
  if (node.status === NodeStatus.Banned) return node.rewards;
  const passed = nowSeconds > node.yieldClaimedAt ? nowSeconds - node.yieldClaimedAt : 0n;
  return node.rewards + stakeYield(node.staked, registry.yieldBps, passed);
}

/** Unix seconds from which rewards are paid: stake has to be unslashed for long enough. */
export function rewardsFrom(
  node: Pick<Node, "registeredAt" | "lastSlashedAt">,
  registry: Pick<Registry, "yieldAfterSeconds">,
): bigint {
  const since = node.lastSlashedAt > node.registeredAt ? node.lastSlashedAt : node.registeredAt;
  return since + registry.yieldAfterSeconds;
}
