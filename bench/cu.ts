import { COMPUTE_LIMITS, measureComputeUnits } from "@cyxwiz/contracts/testing";
import type { Benchmark } from "./benchmark.ts";

/** Compute units of the programs' instructions, counted by the Agave runtime in LiteSVM, each beside its limit. */
export const cuBenchmarks: Benchmark[] = [
  {
    names: Object.keys(COMPUTE_LIMITS).map((instruction) => `cu.${instruction}`),
    async *run(names) {
      const units = await measureComputeUnits();
      for (const [instruction, limit] of Object.entries(COMPUTE_LIMITS)) {
        const name = `cu.${instruction}`;
        if (!names.has(name)) continue;
        const value = units[instruction as keyof typeof COMPUTE_LIMITS];
        yield { name, value, unit: "CU", peer: `limit ${limit.toLocaleString("en")} CU`, ratio: value / limit };
      }
    },
  },
];
