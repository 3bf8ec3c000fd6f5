import { z } from "zod";

const UNITS: Readonly<Record<string, bigint>> = { "": 1n, s: 1n, m: 60n, h: 3_600n, d: 86_400n };

/** Seconds of a duration such as "90", "30m", "12h" or "7d"; `undefined` for what is none. */
export function parseDuration(text: string): bigint | undefined {
  const match = /^(\d{1,12})([smhd]?)$/.exec(text.trim());
  return match ? BigInt(match[1] ?? "") * (UNITS[match[2] ?? ""] ?? 1n) : undefined;
}

/** A duration as people write them, in seconds. */
export const duration = z.string().transform((text, context) => {
  const parsed = parseDuration(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: "custom", message: "expected a duration, such as 90s, 30m, 12h or 7d" });
  return z.NEVER;
});

/** A duration in the largest unit it is whole in: 604800 → "7d". */
export function formatDuration(seconds: bigint): string {
  for (const unit of ["d", "h", "m"]) {
    const size = UNITS[unit] ?? 1n;
    if (seconds !== 0n && seconds % size === 0n) return `${seconds / size}${unit}`;
  }
  return `${seconds}s`;
}

/** About how long, in one or two units: "13d 4h", for what nobody needs to the second. */
export function formatRoughly(seconds: bigint): string {
  const parts = [
    [seconds / 86_400n, "d"],
    [(seconds / 3_600n) % 24n, "h"],
    [(seconds / 60n) % 60n, "m"],
    [seconds % 60n, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0n);
  if (first < 0) return "0s";
  const shown = parts.slice(first, first + 2).filter(([count]) => count > 0n);
  return shown.map(([count, unit]) => `${count}${unit}`).join(" ");
}
