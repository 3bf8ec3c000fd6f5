import type { Fraction } from "../fraction.ts";

const BASE_UNITS = 1e9;

/** Base units as CYXWIZ, with the digits that count: two decimals, or three digits where that is less than one. */
export function cyxwiz(baseUnits: Fraction | bigint | number): string {
  const units = typeof baseUnits === "object" ? baseUnits.toNumber() : Number(baseUnits);
  const tokens = units / BASE_UNITS;
  const size = Math.abs(tokens);
  const shown = size >= 0.9995 || size === 0 ? tokens.toFixed(2) : Number(tokens.toPrecision(3)).toString();
  return grouped(shown).replace("-", "−");
}

/** A share as a percentage. */
export function percent(share: Fraction): string {
  const value = share.toNumber() * 100;
  const digits = value === 0 || value >= 99.995 ? 0 : value >= 1 ? 1 : 2;
  return `${value.toFixed(digits)}%`;
}

/** Basis points as a percentage. */
export function bps(value: number): string {
  return `${value / 100}%`;
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, column) => (column === 0 ? "---" : "---:"));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

function grouped(decimal: string): string {
  const [whole = "", ...rest] = decimal.split(".");
  return [whole.replace(/\B(?=(\d{3})+$)/g, ","), ...rest].join(".");
}
