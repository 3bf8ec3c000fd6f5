import { create } from "@bufbuild/protobuf";
import { DeviceType, NodeInfoSchema } from "@cyxwiz/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { explainMatch } from "./explain-match.ts";
import { reject } from "./judge.ts";
import type { Match } from "./match.ts";
import { compareMatches, deciding } from "./rank.ts";
import { tierOf } from "./tiers.ts";

const SEED = 20_251_124;
const needs = { device: DeviceType.DEVICE_CPU, memoryBytes: 300n << 20n };

interface Facts {
  readonly id: string;
  readonly reputation: number;
  readonly amount: bigint;
  readonly durationMs: bigint;
  readonly runningJobs: number;
}

function match({ id, reputation, amount, durationMs, runningJobs }: Facts): Match {
  const candidate = {
    nodeId: id,
    wallet: `wallet of ${id}`,
    info: create(NodeInfoSchema, { name: id }),
    registration: "active",
    online: true,
    busy: false,
    staked: 50_000_000_000n,
    reputation,
    flopsPerSecond: 1n,
    runningJobs,
  } as const;
  return { candidate, amount, durationMs, minimumStake: 50_000_000_000n, ...tierOf(reputation) };
}

const usual: Facts = { id: "m", reputation: 100, amount: 5_000_000_000n, durationMs: 90_000n, runningJobs: 1 };

test.each<[string, Partial<Facts>, string]>([
  [
    "tier",
    { reputation: 900, amount: 9_000_000_000n },
    "a diamond node, and those come first (reputation 900 against 100, bronze)",
  ],
  ["price", { amount: 4_500_000_000n, durationMs: 99_000n }, "cheaper (4.5 CYXWIZ against 5 CYXWIZ)"],
  ["speed", { durationMs: 60_500n, reputation: 0 }, "as cheap and faster (60.5 s against 90 s)"],
  [
    "reputation",
    { reputation: 250, runningJobs: 7 },
    "as cheap and fast, and better known (reputation 250 against 100)",
  ],
  ["load", { runningJobs: 0, id: "z" }, "equal but less loaded (0 jobs against 1)"],
  ["id", { id: "a" }, "equal in all that counts, and its id comes first"],
])("%s decides where all before it is equal, and is named", (name, change, because) => {
  const [better, other] = [
    match({ ...usual, id: "b", ...change }),
    match({ ...usual, id: change.id === "z" ? "y" : "m" }),
  ];
  expect([other, better].sort(compareMatches)).toEqual([better, other]);
  expect(deciding(better, other)).toMatchObject({ name });
  const { nodes } = explainMatch(needs, { matches: [better, other], rejected: [] });
  expect(nodes.map(({ decision, rank }) => [decision, rank])).toEqual([
    ["chosen", 1],
    ["ranked", 2],
  ]);
  expect(nodes[0]?.words).toContain(`compared with the next one it is ${because}.`);
  expect(nodes[1]?.words).toContain(`the one before is ${because}.`);
});

test("the order is the same whatever order the nodes come in", () => {
  const facts = fc.record({
    id: fc.uuid(),
    reputation: fc.constantFrom(0, 799, 800, 1_000),
    amount: fc.bigInt(1n, 3n),
    durationMs: fc.bigInt(1n, 2n),
    runningJobs: fc.nat(1),
  });
  const list = fc.uniqueArray(facts, { selector: ({ id }) => id, maxLength: 8 });
  fc.assert(
    fc.property(list, fc.infiniteStream(fc.nat()), (all, numbers) => {
      const matches = all.map(match);
      const shuffled = matches
        .map((each) => ({ each, key: numbers.next().value ?? 0 }))
        .sort((a, b) => a.key - b.key)
        .map(({ each }) => each);
      expect(shuffled.sort(compareMatches)).toEqual(matches.sort(compareMatches));
    }),
    { seed: SEED },
  );
});

test("a single node, and those that can't, are explained too; all of it is plain data", () => {
  const lone = match(usual);
  const { candidate } = match({ ...usual, id: "r" });
  const explained = explainMatch(needs, {
    matches: [lone],
    rejected: [reject(candidate, "busy", "it is held for another job")],
  });
  expect(JSON.parse(JSON.stringify(explained))).toEqual(explained);
  expect(explained).toMatchObject({
    needs: "CPU, 300 MiB of memory",
    nodes: [
      {
        nodeId: "m",
        decision: "chosen",
        words: "Chosen, at 5 CYXWIZ for 90 s: the only one that can take the job.",
        numbers: { amount: "5000000000", durationMs: "90000", tier: "bronze", largestJob: "10000000000" },
      },
      { nodeId: "r", decision: "rejected", reason: "busy", words: "Not possible: it is held for another job." },
    ],
  });
  expect(explained.nodes[1]?.rank).toBeUndefined();
});
