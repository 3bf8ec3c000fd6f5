/** No job is charged for less: starting one costs that much. */
const MINIMUM_DURATION_MS = 1_000n;

/** How long so much work takes at a measured speed, rounded up. */
export function workDurationMs(flops: bigint, flopsPerSecond: bigint): bigint {
  const speed = flopsPerSecond > 0n ? flopsPerSecond : 1n;
  const exact = (flops * 1_000n + speed - 1n) / speed;
  return exact > MINIMUM_DURATION_MS ? exact : MINIMUM_DURATION_MS;
}
