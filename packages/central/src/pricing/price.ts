import {
  COMPUTE_PER_HOUR,
  type ComputeClass,
  durationTenths,
  PRIORITY_TENTHS,
  type Priority,
  RAM_PER_GIB_HOUR,
  TIER_TENTHS,
  type Tier,
  VRAM_PER_GIB_HOUR,
} from "./rates.ts";

/** All that a price depends on. */
export interface PriceInput {
  readonly compute: ComputeClass;
  readonly ramBytes: bigint;
  readonly vramBytes: bigint;
  readonly durationMs: bigint;
  readonly priority: Priority;
  readonly tier: Tier;
  /** The node's own price in base units an hour; counts where it is above the usual one. */
  readonly nodePricePerHour?: bigint;
}

const GIB = 1n << 30n;
const HOUR_MS = 3_600_000n;

/**
 * `(compute + ram + vram) per hour × hours × duration × priority × tier` in base units, computed exactly and rounded
 * down once at the end; at least 1, because an escrow can't be empty.
 *
 * @example
 * // consumer GPU, 8 GB VRAM, 16 GB RAM, 12 h, normal, gold: 72.96 CYXWIZ
 */
export function price(input: PriceInput): bigint {
  // Per hour, times 2^30: memory is charged by the byte.
  const usual =
    COMPUTE_PER_HOUR[input.compute] * GIB + RAM_PER_GIB_HOUR * input.ramBytes + VRAM_PER_GIB_HOUR * input.vramBytes;
  const own = (input.nodePricePerHour ?? 0n) * GIB;
  const perHour = own > usual ? own : usual;
  const tenths = durationTenths(input.durationMs) * PRIORITY_TENTHS[input.priority] * TIER_TENTHS[input.tier];
  const amount = (perHour * input.durationMs * tenths) / (GIB * HOUR_MS * 1_000n);
  return amount > 0n ? amount : 1n;
}
