import type { Entry } from "./ledger.ts";

const LAMPORTS_PER_SOL = 1_000_000_000;

/** What one job costs, one line for each kind of transaction: `jobs` jobs shared the entries. */
export function costTable(title: string, entries: readonly Entry[], jobs: number, usdPerSol: number): string {
  const dollars = (lamports: number) => `$${((lamports / LAMPORTS_PER_SOL) * usdPerSol).toFixed(6)}`;
  const lines = entries.map((entry) => {
    const lamports = Number(entry.lamports) / jobs;
    return row(
      entry.what,
      (entry.transactions / jobs).toString(),
      Math.round(entry.computeUnits / jobs).toLocaleString("en"),
      Math.round(entry.bytes / jobs).toLocaleString("en"),
      lamports.toLocaleString("en"),
      dollars(lamports),
    );
  });
  const total = Number(entries.reduce((sum, { lamports }) => sum + lamports, 0n)) / jobs;
  return [
    `${title}, a job (1 SOL = $${usdPerSol})`,
    row("", "transactions", "CU", "bytes", "lamports", "dollars"),
    ...lines,
    row("total", "", "", "", total.toLocaleString("en"), dollars(total)),
  ].join("\n");
}

function row(what: string, ...figures: readonly string[]): string {
  return `  ${what.padEnd(28)}${figures.map((figure) => figure.padStart(14)).join("")}`;
}
