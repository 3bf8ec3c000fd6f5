import { measureComputeUnits } from "@cyxwiz/contracts/testing";
import type { Benchmark } from "./benchmark.ts";

/** The most that each instruction may cost, in compute units. */
const limits = { create_escrow: 2_500, complete_payment: 4_000, anchor_root: 1_000 } as const;

/** Compute units of the programs' instructions, counted by the Agave runtime in LiteSVM. */
export const cuBenchmarks: Benchmark[] = [
  {
    names: Object.keys(limits).map((instruction) => `cu.${instruction}`),
    async *run(names) {
      const units = await measureComputeUnits();
      for (const [instruction, limit] of Object.entries(limits)) {
        const name = `cu.${instruction}`;
        if (!names.has(name)) continue;
        const value = units[instruction as keyof typeof limits];
        yield { name, value, unit: "CU", peer: `limit ${limit.toLocaleString("en")} CU`, ratio: value / limit };
      }
    },
  },
];
