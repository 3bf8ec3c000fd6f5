import type { DesignCost } from "./designs.ts";
import { type Entry, sumOf } from "./ledger.ts";

const LAMPORTS_PER_SOL = 1_000_000_000;

/** What one job of a design costs, one line for each kind of transaction. */
export function costTable(title: string, { jobs, entries, depositLamports }: DesignCost, usdPerSol: number): string {
  const line = ({ what, ...entry }: Entry) => {
    const lamports = Number(entry.lamports) / jobs;
    return row(
      what,
      (entry.transactions / jobs).toLocaleString("en"),
      Math.round(entry.computeUnits / jobs).toLocaleString("en"),
      Math.round(entry.bytes / jobs).toLocaleString("en"),
      lamports.toLocaleString("en"),
      `$${((lamports / LAMPORTS_PER_SOL) * usdPerSol).toFixed(6)}`,
    );
  };
  const deposit = `  (besides, ${depositLamports.toLocaleString("en")} lamports of rent lie in each slot, until it is closed)`;
  return [
    `${title}: one job's part (1 SOL = $${usdPerSol})`,
    row("", "transactions", "CU", "bytes", "lamports", "dollars"),
    ...entries.map(line),
    line(sumOf(entries, "total")),
    ...(depositLamports === 0n ? [] : [deposit]),
  ].join("\n");
}

function row(what: string, ...figures: readonly string[]): string {
  return `  ${what.padEnd(28)}${figures.map((figure) => figure.padStart(14)).join("")}`;
}
