import fc from "fast-check";
import { expect, test } from "vitest";
import { formatAmount, parseAmount } from "./amount.ts";

test("amounts are read exactly, and what is no amount is refused", () => {
  expect(parseAmount("12.5")).toBe(12_500_000_000n);
  expect(parseAmount("0.000000001")).toBe(1n);
  expect(parseAmount("18446744073.709551615")).toBe(2n ** 64n - 1n);
  for (const bad of ["", "-1", "1e3", "1.0000000001", "0x10", "1,000", ".5", "18446744073.709551616"]) {
    expect(parseAmount(bad)).toBeUndefined();
  }
});

test("every amount survives being written and read", () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (units) => {
      expect(parseAmount(formatAmount(units).replaceAll(",", ""))).toBe(units);
    }),
    { seed: 1 },
  );
  expect(formatAmount(-1_234_567_890_000_000n)).toBe("-1,234,567.89");
  expect(formatAmount(10n ** 9n)).toBe("1.00");
});
