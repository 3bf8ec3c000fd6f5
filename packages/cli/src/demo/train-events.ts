import type { JobEvent, JobResult } from "@cyxwiz/engine";
import type { PieceEvent } from "../processes/piece.ts";

const AMOUNTS = new Set(["amount", "toNode", "toPlatform", "before", "after", "change"]);

/** A job's event as `cyxwiz train --json` prints it; `undefined` for its other lines. */
export function toJobEvent(line: PieceEvent): JobEvent | undefined {
  return typeof line.type === "string" ? (revive(line) as unknown as JobEvent) : undefined;
}

/** The job's result as `cyxwiz train --json` prints it last. */
export function toJobResult(line: PieceEvent): JobResult | undefined {
  return line.event === "result" ? (revive(line) as unknown as JobResult) : undefined;
}

// Amounts travel as text, so that nobody rounds them.
function revive(value: unknown, key = ""): unknown {
  if (typeof value === "string" && AMOUNTS.has(key)) return BigInt(value);
  if (Array.isArray(value)) return value.map((entry) => revive(entry));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, revive(entry, name)]));
}
