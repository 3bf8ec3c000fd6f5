import { expect, test } from "vitest";
import { measureComputeUnits } from "./testing/compute.ts";

test("every instruction stays within its compute budget", async () => {
  const units = await measureComputeUnits();
  process.stdout.write(`compute units: ${JSON.stringify(units)}\n`);
  expect(units.create_escrow).toBeLessThanOrEqual(2_500);
  expect(units.anchor_root).toBeLessThanOrEqual(1_000);
  expect(units.complete_payment).toBeLessThanOrEqual(4_000);
  expect(units.start_escrow).toBeLessThanOrEqual(1_000);
  for (const refund of [units.cancel_escrow, units.refund_escrow, units.timeout_refund]) {
    expect(refund).toBeLessThanOrEqual(2_600);
  }
  // Depends on how long the search for two bumps takes.
  expect(units.create_escrow_new_slot).toBeLessThanOrEqual(20_000);
});
