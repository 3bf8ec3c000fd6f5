import { type Node, NodeStatus } from "@cyxwiz/contracts";
import { eq } from "drizzle-orm";
import type { Context } from "../context.ts";
import { nodes } from "../database/schema/index.ts";
import type { Candidate, Registration } from "../matching/candidate.ts";

/** What the chain knows of a node and matchmaking goes by. */
export type NodeOnChain = Pick<Candidate, "staked" | "registration">;

/** Columns that only repeat what the registry's account says. */
export function registryColumns(node: Node) {
  return {
    stakeAmount: node.staked,
    registration: registrationOf(node),
    runningJobs: node.runningJobs,
    registryTier: node.tier,
  };
}

/** Reads a node's account and writes down what it says. `undefined` if there is none any more. */
export async function refreshNode(
  context: Pick<Context, "chain" | "db">,
  nodeId: string,
  wallet: string,
): Promise<NodeOnChain | undefined> {
  const onChain = await context.chain.node(wallet);
  const columns = onChain ? registryColumns(onChain) : { stakeAmount: 0n, registration: "withdrawn", runningJobs: 0 };
  await context.db.update(nodes).set(columns).where(eq(nodes.id, nodeId));
  return onChain && { staked: onChain.staked, registration: registrationOf(onChain) };
}

function registrationOf({ status }: Node): Registration {
  if (status === NodeStatus.Active) return "active";
  if (status === NodeStatus.Suspended) return "suspended";
  return status === NodeStatus.Banned ? "banned" : "withdrawn";
}
