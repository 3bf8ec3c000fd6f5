import type { Node, Registry } from "@cyxwiz/contracts";

/** Unix seconds from which stake can be asked back: later with each job that runs. */
export function unlockedAt(
  node: Pick<Node, "lockUntil" | "runningJobs">,
  registry: Pick<Registry, "jobLockSeconds">,
): bigint {
  return node.lockUntil + registry.jobLockSeconds * BigInt(node.runningJobs);
}
