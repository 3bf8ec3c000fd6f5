const DECIMALS = 9;
const UNITS = 10n ** BigInt(DECIMALS);

/** An amount of base units as people read it: at least two decimals, no more than needed. For CYXWIZ and SOL alike. */
export function formatAmount(units: bigint): string {
  const positive = units < 0n ? -units : units;
  const whole = (positive / UNITS).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  const fraction = (positive % UNITS).toString().padStart(DECIMALS, "0").replace(/0+$/, "").padEnd(2, "0");
  return `${units < 0n ? "-" : ""}${whole}.${fraction}`;
}
