import { DEFAULT_REGISTRY_PARAMETERS, NodeStatus } from "@cyxwiz/contracts";
import { expect, test } from "vitest";
import { accruedRewards, rewardsFrom } from "./accrued-rewards.ts";

const YEAR_SECONDS = 365n * 86_400n;
const node = { status: NodeStatus.Active, rewards: 7n, staked: 1_000_000n, yieldClaimedAt: 100n };

test.each([
  [NodeStatus.Active, 100n, 7n],
  [NodeStatus.Active, 99n, 7n],
  [NodeStatus.Active, 100n + YEAR_SECONDS, 50_007n],
  [NodeStatus.Suspended, 100n + YEAR_SECONDS, 50_007n],
  // The program counts none for it: showing more would promise what cannot be claimed.
  [NodeStatus.Banned, 100n + YEAR_SECONDS, 7n],
])("a node of status %i has, at %s, earned %s", (status, now, earned) => {
  expect(accruedRewards({ ...node, status }, DEFAULT_REGISTRY_PARAMETERS, now)).toBe(earned);
});

test("rewards are paid ninety days after the later of registration and last slash", () => {
  const { yieldAfterSeconds } = DEFAULT_REGISTRY_PARAMETERS;
  expect(rewardsFrom({ registeredAt: 5n, lastSlashedAt: 0n }, DEFAULT_REGISTRY_PARAMETERS)).toBe(
    5n + yieldAfterSeconds,
  );
  expect(rewardsFrom({ registeredAt: 5n, lastSlashedAt: 9n }, DEFAULT_REGISTRY_PARAMETERS)).toBe(
    9n + yieldAfterSeconds,
  );
});
