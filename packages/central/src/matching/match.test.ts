import { create } from "@bufbuild/protobuf";
import { minimumStake } from "@cyxwiz/contracts";
import { DeviceType, NodeInfoSchema } from "@cyxwiz/protocol";
import { expect, test } from "vitest";
import { CYXWIZ } from "../pricing/rates.ts";
import type { Candidate } from "./candidate.ts";
import { compareMatches, explain, type JobNeeds, judge, type Match } from "./match.ts";

const GIB = 1n << 30n;
const needs: JobNeeds = {
  payer: "payer",
  device: DeviceType.DEVICE_CPU,
  flops: 3_600_000_000_000n,
  memoryBytes: GIB,
  priority: "normal",
};

function candidate(change: Partial<Candidate> = {}, info: Parameters<typeof create<typeof NodeInfoSchema>>[1] = {}) {
  return {
    nodeId: "n",
    wallet: "node",
    info: create(NodeInfoSchema, { ramTotal: 8n * GIB, ...info }),
    online: true,
    busy: false,
    staked: 5_000n * CYXWIZ,
    reputation: 0,
    flopsPerSecond: 1_000_000_000n,
    ...change,
  };
}

const verdict = (of: Candidate, what: JobNeeds = needs) => judge(what, of, minimumStake);

test("hours come from the job's work and the node's measured speed", () => {
  // 3,600 s of CPU and 1 GiB: 0.6 CYXWIZ an hour, 0.9 for its length, 1.2 for a bronze node.
  expect(verdict(candidate())).toMatchObject({ durationMs: 3_600_000n, amount: 648_000_000n });
  expect(verdict(candidate({ flopsPerSecond: 2_000_000_000n }))).toMatchObject({ durationMs: 1_800_000n });
});

test("each reason to refuse a node has its name", () => {
  const gpu = { ...needs, device: DeviceType.DEVICE_CUDA };
  const long = { ...needs, flops: needs.flops * 20n };
  expect(verdict(candidate({ online: false }))).toBe("offline");
  expect(verdict(candidate({ busy: true }))).toBe("busy");
  expect(verdict(candidate({ wallet: "payer" }))).toBe("ownWallet");
  expect(verdict(candidate({}, { ramTotal: GIB / 2n }))).toBe("hardware");
  expect(verdict(candidate(), gpu)).toBe("hardware");
  expect(verdict(candidate({ staked: 49n * CYXWIZ }))).toBe("stake");
  expect(verdict(candidate(), long)).toBe("tier");
  expect(verdict(candidate({ reputation: 300 }), long)).toMatchObject({ durationMs: 72_000_000n });
});

test("a larger job needs the larger stake", () => {
  const long = { ...needs, flops: needs.flops * 20n };
  expect(verdict(candidate({ reputation: 900, staked: 199n * CYXWIZ }), { ...long, priority: "critical" })).toBe(
    "stake",
  );
});

test("data-centre GPUs cost more than others", () => {
  const gpu = { ...needs, device: DeviceType.DEVICE_CUDA };
  const device = { deviceType: DeviceType.DEVICE_CUDA, vramTotal: 80n * GIB };
  const consumer = verdict(candidate({}, { ramTotal: 8n * GIB, devices: [{ ...device, gpuModel: "RTX 4090" }] }), gpu);
  const centre = verdict(candidate({}, { ramTotal: 8n * GIB, devices: [{ ...device, gpuModel: "NVIDIA H100" }] }), gpu);
  expect((consumer as Match).amount).toBe(2_808_000_000n);
  expect(centre).toBe("tier");
});

test("diamonds come first, then the cheaper, then the faster", () => {
  const match = (reputation: number, amount: bigint, durationMs = 1n): Match => ({
    candidate: candidate({ reputation }),
    amount,
    durationMs,
  });
  const sorted = [match(0, 2n), match(0, 1n, 9n), match(900, 5n), match(0, 1n, 3n)].sort(compareMatches);
  expect(sorted.map(({ amount, durationMs }) => [amount, durationMs])).toEqual([
    [5n, 1n],
    [1n, 3n],
    [1n, 9n],
    [2n, 1n],
  ]);
});

test("why nobody fits is said in numbers", () => {
  expect(explain([])).toBe("No node is registered.");
  expect(explain(["busy", "offline", "busy"])).toBe("Of 3 nodes: 2 busy with other jobs, 1 offline.");
});
