import fc from "fast-check";
import { expect, test } from "vitest";
import { NodeStatus, SlashReason } from "./generated/node-registry/index.ts";
import { DAY_SECONDS, RegistryWorld } from "./testing/registry.ts";
import { CYXWIZ, stake, World } from "./testing/world.ts";

const SEED = 20_260_804;

/** What anybody might do at any time, whether or not it is allowed then. */
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      days: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 14, max: 90 })),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("stake" as const, "request" as const),
      part: fc.oneof(fc.integer({ min: 1, max: 9_999 }), fc.constant(9_999)),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom("finish" as const, "cancel" as const, "claim" as const, "reinstate" as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom("slash" as const, "slashForJob" as const),
      reason: fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(SlashReason.Failed, SlashReason.InvalidProof) },
        { weight: 1, arbitrary: fc.constant(SlashReason.DisputeLost) },
      ),
    }),
  },
);

test(`whatever happens to a node, its vault has what its account says, and no token appears (seed ${SEED})`, async () => {
  const seen = { slashed: 0, suspended: 0, banned: 0, withdrawn: 0, claimed: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 60 }), async (steps) => {
      const world = await World.open();
      const registry = await RegistryWorld.of(world);
      const { chain, node, nodeToken, arbiter, payer } = world;
      const authority = await registry.forgedAuthority();
      await chain.mustSend(world.admin, await registry.openRewards());
      await registry.mint(registry.rewardsVault, 50n * CYXWIZ);
      const everywhere = () => {
        const { stake: staked, insurance, payer: payerTokens } = registry.balances();
        return staked + insurance + payerTokens + chain.tokens(nodeToken) + chain.tokens(registry.rewardsVault);
      };
      let evidence = 0;
      for (const one of steps) {
        const before = registry.read();
        if (one.do === "wait") chain.nowSeconds += BigInt(one.days) * DAY_SECONDS;
        if (one.do === "stake") {
          const amount = (chain.tokens(nodeToken) * BigInt(one.part)) / 10_000n;
          await chain.send(node, await stake({ node, nodeToken, amount }));
        }
        if (one.do === "request") {
          await chain.send(node, await registry.request((before.staked * BigInt(one.part)) / 9_999n));
        }
        if (one.do === "finish" || one.do === "cancel" || one.do === "claim") {
          await chain.send(node, await registry[one.do]());
        }
        if (one.do === "reinstate") await chain.send(payer, await registry.reinstate());
        // Slashes never fail, whatever the node's status and however little there is left.
        evidence += 1;
        if (one.do === "slash") await chain.mustSend(arbiter, await registry.slash(one.reason, evidence));
        if (one.do === "slashForJob") {
          await chain.mustSend(payer, await registry.slashForJob(authority, { reason: one.reason }));
        }
        const after = registry.read();
        expect(registry.balances().stake).toBe(after.staked + after.withdrawing);
        // Every token of this mint is in one of these accounts; what was burned is in none, and not counted.
        expect(everywhere()).toBe(registry.supply());
        expect(registry.supply()).toBeLessThanOrEqual(6_050n * CYXWIZ);
        if (before.status === NodeStatus.Banned) expect(after.status).toBe(NodeStatus.Banned);
        seen.slashed += Number(after.slashedTotal > before.slashedTotal);
        seen.suspended += Number(after.status === NodeStatus.Suspended);
        seen.banned += Number(after.status === NodeStatus.Banned);
        seen.withdrawn += Number(after.status === NodeStatus.Withdrawn);
        seen.claimed += Number(chain.tokens(registry.rewardsVault) < 50n * CYXWIZ);
      }
    }),
    { seed: SEED, numRuns: 25 },
  );
  // Random steps that never get anywhere would show nothing.
  expect(Object.entries(seen).filter(([, count]) => count === 0)).toEqual([]);
}, 120_000);
