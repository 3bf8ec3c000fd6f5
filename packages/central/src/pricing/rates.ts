import { BASE_UNITS_PER_CYXWIZ } from "@cyxwiz/contracts";

/** 1 CYXWIZ in base units. */
export const CYXWIZ = BASE_UNITS_PER_CYXWIZ;

/** What a machine computes with. */
export type ComputeClass = "cpu" | "consumerGpu" | "dataCentreGpu";
export type Priority = "low" | "normal" | "high" | "critical";
export type Tier = "bronze" | "silver" | "gold" | "diamond";

/** Base units an hour. */
export const COMPUTE_PER_HOUR: Readonly<Record<ComputeClass, bigint>> = {
  cpu: CYXWIZ / 2n,
  consumerGpu: 2n * CYXWIZ,
  dataCentreGpu: 10n * CYXWIZ,
};
/** Base units a GiB and hour. */
export const RAM_PER_GIB_HOUR = CYXWIZ / 10n;
export const VRAM_PER_GIB_HOUR = CYXWIZ / 2n;

/** All factors are tenths, so that prices stay exact. */
export const PRIORITY_TENTHS: Readonly<Record<Priority, bigint>> = { low: 8n, normal: 10n, high: 15n, critical: 20n };
export const TIER_TENTHS: Readonly<Record<Tier, bigint>> = { bronze: 12n, silver: 11n, gold: 10n, diamond: 9n };

const HOUR_MS = 3_600_000n;

/** Longer jobs are cheaper an hour: under 1 h ×1.0, to 6 h ×0.9, to 24 h ×0.8, beyond ×0.7. */
export function durationTenths(durationMs: bigint): bigint {
  if (durationMs < HOUR_MS) return 10n;
  if (durationMs <= 6n * HOUR_MS) return 9n;
  return durationMs <= 24n * HOUR_MS ? 8n : 7n;
}
