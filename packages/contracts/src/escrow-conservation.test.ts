import fc from "fast-check";
import { expect, test } from "vitest";
import { cancellationShares, completionShares } from "./economy.ts";
import { EscrowState } from "./generated/job-escrow/index.ts";
import { type World, World as Worlds } from "./testing/world.ts";

const U64_MAX = 2n ** 64n - 1n;
const SEED = 20_260_801;

/** Puts the slot back to a proven job of `amount` with the given fee, and empties everybody's accounts. */
function prepare(world: World, amount: bigint, feeBps: number): void {
  world.forge({ state: EscrowState.Proven, amount, feeBps });
  world.chain.setTokens(world.vault, amount);
  for (const account of [world.payerToken, world.nodeToken, world.treasury]) world.chain.setTokens(account, 0n);
}

const amounts = fc.oneof(
  fc.constantFrom(1n, 2n, 9n, 11n, 9_999n, 10_001n, U64_MAX - 1n, U64_MAX),
  fc.bigInt({ min: 1n, max: 100_000n }),
  fc.bigInt({ min: 1n, max: U64_MAX }),
);

test(`completing creates and loses no unit, for any amount and fee (seed ${SEED})`, async () => {
  const world = await Worlds.open();
  await world.reach("proven");
  const complete = await world.complete();
  await fc.assert(
    fc.asyncProperty(amounts, fc.constantFrom(0, 1, 800, 1_000, 3_333, 9_999, 10_000), async (amount, feeBps) => {
      prepare(world, amount, feeBps);
      await world.chain.mustSend(world.coordinator, complete);
      const { payer, node, treasury, vault } = world.balances();
      expect({ payer, node, treasury }).toEqual(completionShares(amount, feeBps));
      expect(payer + node + treasury).toBe(amount);
      expect(payer).toBeLessThanOrEqual(1n);
      expect(vault).toBe(0n);
    }),
    { seed: SEED, numRuns: 200 },
  );
});

test(`every refund gives back exactly what came in (seed ${SEED})`, async () => {
  const world = await Worlds.open();
  await world.reach("proven");
  world.chain.nowSeconds += 3_600n + 2n * 86_400n;
  const ways = [
    [world.coordinator, EscrowState.Proven, await world.refund()],
    [world.admin, EscrowState.Proven, await world.timeout()],
    [world.payer, EscrowState.Created, await world.cancel()],
  ] as const;
  await fc.assert(
    fc.asyncProperty(amounts, fc.constantFrom(...ways), async (amount, [signer, state, instruction]) => {
      prepare(world, amount, 1_000);
      world.forge({ state });
      await world.chain.mustSend(signer, instruction);
      expect(world.balances()).toEqual({ payer: amount, node: 0n, treasury: 0n, vault: 0n });
    }),
    { seed: SEED, numRuns: 100 },
  );
});

test(`cancelling a running job pays exactly the part done and the fee on the rest (seed ${SEED})`, async () => {
  const world = await Worlds.open();
  await world.reach("running");
  const checkpoints = fc.oneof(fc.constantFrom(1, 2, 3, 2 ** 32 - 2), fc.integer({ min: 1, max: 1_000 }));
  const jobs = checkpoints.chain((all) => fc.tuple(fc.constant(all), fc.integer({ min: 0, max: all })));
  await fc.assert(
    fc.asyncProperty(amounts, jobs, fc.constantFrom(0, 1, 1_000, 10_000), async (amount, [all, done], cancelFeeBps) => {
      prepare(world, amount, 1_000);
      world.forge({ state: EscrowState.Running, checkpoints: all, leafCount: done, cancelFeeBps });
      await world.chain.mustSend(world.payer, await world.cancelRunning({ leafCount: done }));
      const shares = cancellationShares(amount, { leafCount: done, checkpoints: all, cancelFeeBps });
      expect(world.balances()).toEqual({ ...shares, treasury: 0n, vault: 0n });
      expect(shares.payer + shares.node).toBe(amount);
    }),
    { seed: SEED, numRuns: 150 },
  );
});

test("an amount of u64::MAX goes the whole way from create to payment", async () => {
  const world = await Worlds.open();
  world.chain.setTokens(world.payerToken, U64_MAX);
  await world.chain.mustSend(world.payer, await world.create({ amount: U64_MAX }));
  expect(world.balances().vault).toBe(U64_MAX);
  await world.chain.mustSend(world.node, await world.start());
  await world.chain.mustSend(world.coordinator, await world.commit());
  world.chain.nextSlot();
  await world.chain.mustSend(world.coordinator, await world.reveal(), await world.complete());
  const { payer, node, treasury } = world.balances();
  expect({ payer, node, treasury }).toEqual(completionShares(U64_MAX, 1_000));
});
