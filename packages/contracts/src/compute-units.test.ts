import { expect, test } from "vitest";
import { COMPUTE_LIMITS, measureComputeUnits } from "./testing/compute.ts";

test("every instruction stays within its compute budget", async () => {
  const units = await measureComputeUnits();
  process.stdout.write(`compute units: ${JSON.stringify(units)}\n`);
  expect(Object.keys(units).sort()).toEqual(Object.keys(COMPUTE_LIMITS).sort());
  const over = Object.entries(COMPUTE_LIMITS).filter(([name, limit]) => {
    const used = units[name as keyof typeof COMPUTE_LIMITS];
    return !(used > 0 && used <= limit);
  });
  expect(over).toEqual([]);
});
