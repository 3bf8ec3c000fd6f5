import type { Node, Registry } from "@cyxwiz/contracts";

/** Unix seconds from which stake on its way out can be had; a request of before that was written down goes by the registry. */
export function withdrawableAt(
  node: Pick<Node, "withdrawableAt" | "withdrawalRequestedAt">,
  registry: Pick<Registry, "withdrawalSeconds">,
): bigint {
  return node.withdrawableAt === 0n ? node.withdrawalRequestedAt + registry.withdrawalSeconds : node.withdrawableAt;
}
