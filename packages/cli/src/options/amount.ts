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

/** An amount of base units as people read it: at least two decimals, no more than needed. */
export function formatAmount(units: bigint): string {
  const positive = units < 0n ? -units : units;
  const whole = (positive / UNITS).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  const fraction = (positive % UNITS).toString().padStart(DECIMALS, "0").replace(/0+$/, "").padEnd(2, "0");
  return `${units < 0n ? "-" : ""}${whole}.${fraction}`;
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
