import { chainTime } from "@cyxwiz/chain";
import { fetchMaybePlatform, findPlatformAddress, NodeStatus } from "@cyxwiz/contracts";
import type { Address } from "@solana/kit";
import { accruedRewards, rewardsFrom } from "./accrued-rewards.ts";
import { enumName } from "./enum-name.ts";
import { confirmed, type OperatorQuery, programsOf } from "./operator-context.ts";
import { readNode, readRegistry } from "./read-node.ts";
import { unlockedAt } from "./unlocked-at.ts";
import { withdrawableAt } from "./withdrawable-at.ts";

/** The tiers by their numbers on chain. */
export const TIERS = ["bronze", "silver", "gold", "diamond"] as const;

/** How a node stands on chain. Amounts in base units, moments in Unix seconds, 0 for never. */
export interface NodeState {
  readonly wallet: Address;
  /** The node's account. */
  readonly node: Address;
  readonly status: keyof typeof NodeStatus;
  readonly tier: (typeof TIERS)[number];
  readonly staked: bigint;
  /** Jobs must cost less than this; `undefined` where the stake is enough for any. */
  readonly jobsBelow: bigint | undefined;
  readonly withdrawing: bigint;
  /** From when `withdrawing` can be had. */
  readonly withdrawableAt: bigint;
  /** From when stake can be asked back. */
  readonly unlockedAt: bigint;
  readonly runningJobs: number;
  readonly suspendedUntil: bigint;
  /** Failures in the present window; the third suspends. */
  readonly failures: number;
  readonly slashedTotal: bigint;
  readonly lastSlashedAt: bigint;
  /** Earned by the stake and not paid yet. */
  readonly rewards: bigint;
  /** From when rewards are paid. */
  readonly rewardsFrom: bigint;
  readonly registeredAt: bigint;
  /** The chain's time now. */
  readonly now: bigint;
}

/**
 * Reads how a wallet's node stands.
 *
 * @throws CyxwizError NODE_NOT_ON_CHAIN, CONFIG_INVALID (no registry), UNREACHABLE
 */
export async function readNodeState(query: OperatorQuery): Promise<NodeState> {
  const { chain, wallet, signal } = query;
  const programs = programsOf(query);
  const [{ address, data }, registry, platform, now] = await Promise.all([
    readNode(query, wallet),
    readRegistry(query),
    findPlatformAddress(programs).then((found) => fetchMaybePlatform(chain.rpc, found, confirmed(query))),
    chainTime(chain, signal),
  ]);
  return {
    wallet,
    node: address,
    status: enumName(NodeStatus, data.status),
    tier: TIERS[data.tier] ?? "bronze",
    staked: data.staked,
    jobsBelow: platform.exists ? jobsBelow(data.staked, platform.data) : undefined,
    withdrawing: data.withdrawing,
    withdrawableAt: data.withdrawing > 0n ? withdrawableAt(data, registry) : 0n,
    unlockedAt: unlockedAt(data, registry),
    runningJobs: data.runningJobs,
    suspendedUntil: data.status === NodeStatus.Suspended ? data.suspendedUntil : 0n,
    failures: data.failures,
    slashedTotal: data.slashedTotal,
    lastSlashedAt: data.lastSlashedAt,
    rewards: accruedRewards(data, registry, now),
    rewardsFrom: rewardsFrom(data, registry),
    registeredAt: data.registeredAt,
    now,
  };
}

/** The bound below which this stake covers a job; 0 where it covers none, nothing where it covers any. */
function jobsBelow(
  staked: bigint,
  {
    stakeBounds,
    stakeMinimums,
  }: { readonly stakeBounds: readonly bigint[]; readonly stakeMinimums: readonly bigint[] },
): bigint | undefined {
  const covered = stakeMinimums.filter((minimum) => staked >= minimum).length;
  return covered === 0 ? 0n : stakeBounds[covered - 1];
}
