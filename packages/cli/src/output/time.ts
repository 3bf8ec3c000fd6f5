import { formatRoughly } from "../options/duration.ts";

/** A moment in Unix seconds as "2026-11-24 03:44 UTC"; 0, which programs write for never, as "–". */
export function formatTime(seconds: bigint): string {
  if (seconds === 0n) return "–";
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** A moment, and how far away it is. */
export function formatMoment(seconds: bigint, nowSeconds: bigint): string {
  if (seconds === 0n) return "–";
  const left = seconds - nowSeconds;
  const when = left === 0n ? "now" : left > 0n ? `in ${formatRoughly(left)}` : `${formatRoughly(-left)} ago`;
  return `${formatTime(seconds)} (${when})`;
}
