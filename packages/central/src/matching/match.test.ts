import { create } from "@bufbuild/protobuf";
import { minimumStake } from "@cyxwiz/contracts";
import { DeviceType, NodeInfoSchema } from "@cyxwiz/protocol";
import { expect, test } from "vitest";
import { CYXWIZ } from "../pricing/rates.ts";
import type { Candidate, Registration } from "./candidate.ts";
import { judge } from "./judge.ts";
import { type JobNeeds, type Match, summarise, type Verdict } from "./match.ts";

const GIB = 1n << 30n;
const needs: JobNeeds = {
  payer: "payer",
  device: DeviceType.DEVICE_CPU,
  flops: 3_600_000_000_000n,
  memoryBytes: GIB,
  priority: "normal",
};
const gpu = { ...needs, device: DeviceType.DEVICE_CUDA };
const long = { ...needs, flops: needs.flops * 20n };

function candidate(
  change: Partial<Candidate> = {},
  info: Parameters<typeof create<typeof NodeInfoSchema>>[1] = {},
): Candidate {
  return {
    nodeId: "n",
    wallet: "node",
    info: create(NodeInfoSchema, { ramTotal: 8n * GIB, ...info }),
    registration: "active",
    online: true,
    busy: false,
    staked: 5_000n * CYXWIZ,
    reputation: 0,
    flopsPerSecond: 1_000_000_000n,
    runningJobs: 0,
    ...change,
  };
}

const verdict = (of: Candidate, what: JobNeeds = needs): Verdict => judge(what, of, minimumStake);

test("hours come from the job's work and the node's measured speed", () => {
  // 3,600 s of CPU and 1 GiB: 0.6 CYXWIZ an hour, 0.9 for its length, 1.2 for a bronze node.
  expect(verdict(candidate())).toMatchObject({ durationMs: 3_600_000n, amount: 648_000_000n, tier: "bronze" });
  expect(verdict(candidate({ flopsPerSecond: 2_000_000_000n }))).toMatchObject({ durationMs: 1_800_000n });
});

test("a node's own price counts where it is above the usual one, and only there", () => {
  const asking = (pricePerHour: number) => verdict(candidate({}, { ramTotal: 8n * GIB, pricing: { pricePerHour } }));
  expect(asking(0.6)).toMatchObject({ amount: 648_000_000n });
  expect(asking(0.01)).toMatchObject({ amount: 648_000_000n });
  expect(asking(Number.NaN)).toMatchObject({ amount: 648_000_000n });
  expect(asking(6)).toMatchObject({ amount: 6_480_000_000n });
});

test("each reason to refuse a node has its name and its numbers", () => {
  const refused = (of: Candidate, what?: JobNeeds) => expect(verdict(of, what));
  refused(candidate({ online: false })).toMatchObject({ reason: "offline" });
  refused(candidate({ busy: true })).toMatchObject({ reason: "busy" });
  refused(candidate({ wallet: "payer" })).toMatchObject({ reason: "ownWallet" });
  refused(candidate({}, { ramTotal: GIB / 2n })).toMatchObject({
    reason: "hardware",
    because: "the job needs 1024 MiB of memory, and it has 512 MiB",
  });
  refused(candidate(), gpu).toMatchObject({ reason: "hardware", because: "it has no CUDA device" });
  refused(candidate({ staked: 49n * CYXWIZ })).toMatchObject({
    reason: "stake",
    because: "a job of 0.648 CYXWIZ asks for a stake of 50 CYXWIZ, and it has 49 CYXWIZ",
  });
  refused(candidate({ reputation: 250 }), long).toMatchObject({
    reason: "tier",
    because: "it costs 11.52 CYXWIZ there, and a bronze node (reputation 250) may take jobs up to 10 CYXWIZ",
    offer: { largestJob: 10n * CYXWIZ },
  });
  refused(candidate({ reputation: 300 }), long).toMatchObject({ durationMs: 72_000_000n, tier: "silver" });
});

test("a diamond that says it is as slow as can be does not come first with a job that never ends", () => {
  const slow = candidate({ reputation: 900, flopsPerSecond: 1n, staked: 2n ** 63n });
  expect(verdict(slow)).toMatchObject({ reason: "hardware", because: /more than a year/ });
  const stated = { ...needs, statedDurationMs: 2n ** 43n };
  expect(verdict(candidate({ reputation: 900, staked: 2n ** 63n }), stated)).toMatchObject({ reason: "hardware" });
  expect(verdict(slow, { ...needs, statedDurationMs: 2n ** 73n, memoryBytes: GIB })).toMatchObject({
    reason: "hardware",
  });
});

test.each<Registration>(["suspended", "banned", "withdrawn"])("%s nodes are out", (registration) => {
  const because = `the registry on chain says that it is ${registration}`;
  expect(verdict(candidate({ registration, reputation: 1_000 }))).toMatchObject({ reason: registration, because });
});

test("a larger job needs the larger stake", () => {
  const large = { ...long, priority: "critical" } as const;
  expect(verdict(candidate({ reputation: 900, staked: 199n * CYXWIZ }), large)).toMatchObject({ reason: "stake" });
  expect(verdict(candidate({ reputation: 900, staked: 200n * CYXWIZ }), large)).toMatchObject({ tier: "diamond" });
});

test("data-centre GPUs cost more than others", () => {
  const device = { deviceType: DeviceType.DEVICE_CUDA, vramTotal: 80n * GIB };
  const consumer = verdict(candidate({}, { ramTotal: 8n * GIB, devices: [{ ...device, gpuModel: "RTX 4090" }] }), gpu);
  const centre = verdict(candidate({}, { ramTotal: 8n * GIB, devices: [{ ...device, gpuModel: "NVIDIA H100" }] }), gpu);
  expect((consumer as Match).amount).toBe(2_808_000_000n);
  expect(centre).toMatchObject({ reason: "tier", offer: { amount: 11_448_000_000n } });
});

test("why nobody fits is said in numbers", () => {
  expect(summarise([])).toBe("No node is registered.");
  const reasons = ["busy", "offline", "busy", "suspended"] as const;
  expect(summarise(reasons.map((reason) => ({ reason })))).toBe(
    "Of 4 nodes: 2 busy with other jobs, 1 offline, 1 suspended.",
  );
});
