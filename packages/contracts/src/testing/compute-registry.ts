import { SlashReason } from "../generated/node-registry/index.ts";
import { OutcomeKind } from "../generated/reputation-manager/index.ts";
import { DAY_SECONDS, RegistryWorld } from "./registry.ts";
import { Reputation } from "./reputation.ts";
import { CYXWIZ, World } from "./world.ts";

/** Compute units of what a node does with its stake, and of a slash by the arbiter with all three destinations open. */
export async function measureStakeUnits() {
  const world = await World.open();
  const { chain, node, arbiter, admin } = world;
  const registry = await RegistryWorld.of(world);
  const cost = async (...sent: Parameters<typeof chain.mustSend>) => (await chain.mustSend(...sent)).computeUnits;

  await chain.mustSend(admin, await registry.openRewards());
  await registry.mint(registry.rewardsVault, 1_000n * CYXWIZ);
  chain.nowSeconds += 90n * DAY_SECONDS;
  const claimed = await cost(node, await registry.claim());
  const requested = await cost(node, await registry.request(CYXWIZ));
  chain.nowSeconds += 14n * DAY_SECONDS;
  const finished = await cost(node, await registry.finish());
  const slashed = await cost(arbiter, await registry.slash(SlashReason.Failed, 1));
  return { request_withdrawal: requested, finish_withdrawal: finished, claim_rewards: claimed, slash: slashed };
}

/** Compute units of one transaction with so many outcomes, each for a node of its own and of the kind that counts most. */
export async function measureOutcomes(count: number): Promise<number> {
  const { chain, admin } = await World.open();
  const reputation = await Reputation.open(chain, admin);
  await reputation.addNodes(count);
  const outcomes = Array.from({ length: count }, (_, entry) => ({ entry, kind: OutcomeKind.Completed, value: 950 }));
  return (await reputation.mustRecord(...outcomes)).computeUnits;
}
