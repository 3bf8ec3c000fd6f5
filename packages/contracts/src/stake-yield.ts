const YEAR_SECONDS = 365n * 86_400n;

/**
 * What a stake yields in some seconds, as node-registry adds it up: the year's yield is rounded down, and then the part
 * of the year.
 */
export function stakeYield(staked: bigint, yieldBps: number, seconds: bigint): bigint {
  return (((staked * BigInt(yieldBps)) / 10_000n) * seconds) / YEAR_SECONDS;
}
