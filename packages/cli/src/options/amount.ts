import { formatAmount } from "@cyxwiz/errors";

export { formatAmount };

const DECIMALS = 9;
const UNITS = 10n ** BigInt(DECIMALS);
const MAX_U64 = 2n ** 64n - 1n;

/** Base units of an amount such as "12.5"; `undefined` for what is no amount of tokens. */
export function parseAmount(text: string): bigint | undefined {
  const match = /^(\d{1,11})(?:\.(\d{1,9}))?$/.exec(text.trim());
  if (!match) return undefined;
  const [, whole = "0", fraction = ""] = match;
  const units = BigInt(whole) * UNITS + BigInt(fraction.padEnd(DECIMALS, "0"));
  return units <= MAX_U64 ? units : undefined;
}

/** An amount with all its decimals, for columns. */
export function formatExact(units: bigint): string {
  const [whole = "0", fraction = ""] = formatAmount(units).split(".");
  return `${whole}.${fraction.padEnd(DECIMALS, "0")}`;
}

/** A change of base units, with its sign. */
export function formatChange(units: bigint): string {
  return `${units > 0n ? "+" : ""}${formatAmount(units)}`;
}
