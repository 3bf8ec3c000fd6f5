import fc from "fast-check";
import { expect, test } from "vitest";
import { getPageDecoder, getPageEncoder, type OutcomeArgs, OutcomeKind } from "./generated/reputation-manager/index.ts";
import { entryOfNumber, type ReputationCounters, reputationScore, reputationTier } from "./reputation-score.ts";
import { Reputation } from "./testing/reputation.ts";
import { emptyChain } from "./testing/world.ts";

const SEED = 20_260_803;
const NODES = 3;

const newcomer: ReputationCounters = {
  assigned: 0,
  completed: 0,
  accuracySum: 0,
  accuracyCount: 0,
  ratingSum: 0,
  ratingCount: 0,
  proofs: 0,
  validProofs: 0,
  uptimeSum: 0,
  uptimeCount: 0,
  events: 0,
};

/** The rules as the economy's text has them: which counters grow, and by how much the points change. */
const rules: Record<OutcomeKind, (value: number) => Partial<ReputationCounters>> = {
  [OutcomeKind.Completed]: (value) => ({
    assigned: 1,
    completed: 1,
    proofs: 1,
    validProofs: 1,
    accuracySum: value,
    accuracyCount: 1,
    events: 10,
  }),
  [OutcomeKind.Failed]: () => ({ assigned: 1, events: -50 }),
  [OutcomeKind.TimedOut]: () => ({ assigned: 1, events: -30 }),
  [OutcomeKind.InvalidProof]: () => ({ assigned: 1, proofs: 1, events: -100 }),
  [OutcomeKind.DisputeLost]: () => ({ events: -200 }),
  [OutcomeKind.DisputeWon]: () => ({ events: 5 }),
  [OutcomeKind.Rated]: (value) => ({ ratingSum: value, ratingCount: 1, events: value === 5 ? 5 : 0 }),
  [OutcomeKind.Uptime]: (value) => ({ uptimeSum: value, uptimeCount: 1 }),
  [OutcomeKind.UptimeMonth]: () => ({ events: 20 }),
};

function after(counters: ReputationCounters, { kind, value }: OutcomeArgs): ReputationCounters {
  const added = Object.entries(rules[kind](value)) as [keyof ReputationCounters, number][];
  const sum = { ...counters, ...Object.fromEntries(added.map(([key, change]) => [key, counters[key] + change])) };
  return { ...sum, events: Math.min(Math.max(sum.events, -10_000), 10_000) };
}

const outcome = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant(OutcomeKind.Completed), value: fc.nat(1_000) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant(OutcomeKind.Rated), value: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant(OutcomeKind.Uptime), value: fc.nat(1_000) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        OutcomeKind.Failed,
        OutcomeKind.TimedOut,
        OutcomeKind.InvalidProof,
        OutcomeKind.DisputeLost,
        OutcomeKind.DisputeWon,
        OutcomeKind.UptimeMonth,
      ),
      value: fc.constant(0),
    }),
  },
);
const batch = fc.array(
  fc.tuple(fc.nat(NODES - 1), outcome).map(([entry, rest]) => ({ entry, ...rest })),
  { minLength: 1, maxLength: 150 },
);

test(`points on chain are what the formula says, after any outcomes (seed ${SEED})`, async () => {
  const chain = await emptyChain();
  const reputation = await Reputation.open(chain, await chain.wallet());
  await reputation.addNodes(NODES);
  const fresh = chain.data(reputation.page);
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 4 }), async (batches) => {
      chain.overwrite(reputation.page, () => fresh);
      const expected = Array.from({ length: NODES }, () => newcomer);
      for (const outcomes of batches) {
        await reputation.mustRecord(...outcomes);
        for (const one of outcomes) expected[one.entry] = after(expected[one.entry]!, one);
      }
      const entries = reputation.read().entries.slice(0, NODES);
      for (const [index, counters] of expected.entries()) {
        const score = reputationScore(counters);
        expect(entries[index]).toMatchObject({ ...counters, score, tier: reputationTier(score) });
      }
    }),
    { seed: SEED, numRuns: 200 },
  );
}, 60_000);

test("a newcomer climbs by its work, and a diamond falls by what it does wrong", () => {
  expect(reputationScore(newcomer)).toBe(0);
  const good = { kind: OutcomeKind.Completed, value: 1_000, entry: 0 };
  const climb = [1, 10, 30, 60].map((jobs) => reputationTier(reputationScore(repeat(newcomer, good, jobs))));
  expect(climb).toEqual([0, 1, 2, 3]);
  const lost = { kind: OutcomeKind.DisputeLost, value: 0, entry: 0 };
  expect(reputationTier(reputationScore(repeat(repeat(newcomer, good, 60), lost, 5)))).toBeLessThan(2);
});

test("the tiers begin where the economy says", () => {
  expect([0, 299, 300, 599, 600, 799, 800, 1_000].map(reputationTier)).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
});

test.each([
  [-3, 2, 0],
  [294, 299, 0],
  [295, 300, 1],
  [594, 599, 1],
  [595, 600, 2],
  [794, 799, 2],
  [795, 800, 3],
  [994, 999, 3],
  [996, 1_000, 3],
])("… on chain too: with %i points, a dispute won makes it %i and tier %i", async (events, score, tier) => {
  const chain = await emptyChain();
  const reputation = await Reputation.open(chain, await chain.wallet());
  await reputation.addNodes(1);
  chain.overwrite(reputation.page, (data) => {
    const { discriminator: _, ...page } = getPageDecoder().decode(data);
    page.entries[0]!.events = events;
    return new Uint8Array(getPageEncoder().encode(page));
  });
  await reputation.mustRecord({ entry: 0, kind: OutcomeKind.DisputeWon, value: 0 });
  expect(reputation.entry(0)).toMatchObject({ events: events + 5, score, tier });
});

/** The formula of the economy's text, in exact fractions: [numerator, denominator] of the score before it is clamped. */
function exactly(counters: ReputationCounters): readonly [bigint, bigint] {
  const terms: readonly (readonly [weight: number, sum: number, count: number])[] = [
    [400_000, counters.completed, counters.assigned],
    [250, counters.accuracySum, counters.accuracyCount],
    [40_000, counters.ratingSum, counters.ratingCount],
    [100_000, counters.validProofs, counters.proofs],
    [50, counters.uptimeSum, counters.uptimeCount],
  ];
  const denominator = terms.reduce((product, [, , count]) => product * BigInt(count + 20), 1_000n);
  const numerator = terms.reduce(
    (total, [weight, sum, count]) =>
      total + (BigInt(weight) * BigInt(sum) * denominator) / (1_000n * BigInt(count + 20)),
    BigInt(counters.events) * denominator,
  );
  return [numerator, denominator];
}

test("rounding each part down costs less than five points, and never gives one", () => {
  const count = fc.nat(5_000);
  const ratio = (most: number) =>
    fc
      .tuple(count, fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([n, share]) => [n, Math.floor(n * most * share)] as const);
  fc.assert(
    fc.property(
      ratio(1),
      ratio(1_000),
      ratio(5),
      ratio(1),
      ratio(1_000),
      fc.integer({ min: -900, max: 900 }),
      (...given) => {
        const [jobs, accuracy, rating, proofs, uptime, events] = given;
        const counters: ReputationCounters = {
          ...{ assigned: jobs[0], completed: jobs[1], accuracyCount: accuracy[0], accuracySum: accuracy[1] },
          ...{ ratingCount: rating[0], ratingSum: rating[1], proofs: proofs[0], validProofs: proofs[1] },
          ...{ uptimeCount: uptime[0], uptimeSum: uptime[1], events },
        };
        const [numerator, denominator] = exactly(counters);
        const score = BigInt(reputationScore(counters));
        if (score > 0n) expect(score * denominator <= numerator).toBe(true);
        if (score < 1_000n) expect((score + 5n) * denominator > numerator).toBe(true);
      },
    ),
    { seed: SEED, numRuns: 2_000 },
  );
});

test("an entry's number says page and place", () => {
  expect(entryOfNumber(0)).toBeUndefined();
  expect(entryOfNumber(1)).toEqual({ pageIndex: 0, entry: 0 });
  expect(entryOfNumber(3 * 128 + 119 + 1)).toEqual({ pageIndex: 3, entry: 119 });
});

function repeat(counters: ReputationCounters, one: OutcomeArgs, times: number): ReputationCounters {
  return Array.from({ length: times }, () => one).reduce(after, counters);
}
