import type { Case } from "./matrix.ts";
import { SUBSTITUTION_NAMES } from "./substitution.ts";

/** The size of the matrix: instructions down, substitutions across, cases in the fields. */
export function matrixTable(cases: readonly Case[]): string {
  const head = ["", ...SUBSTITUTION_NAMES.map(initials), "all"];
  const instructions = [...new Set(cases.map(({ instruction }) => instruction))];
  const rows = [...instructions, "all"].map((instruction) => {
    const own = cases.filter((tried) => instruction === "all" || tried.instruction === instruction);
    const counts = SUBSTITUTION_NAMES.map((name) => own.filter(({ substitution }) => substitution === name).length);
    return [instruction, ...counts.map((count) => (count === 0 ? "·" : `${count}`)), `${own.length}`];
  });
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    row.map((text, column) => (column === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[column]!))).join("  ");
  const legend = SUBSTITUTION_NAMES.map((name) => `${initials(name)} ${name}`).join(", ");
  return [...[head, ...rows].map(line), legend].join("\n");
}

/** E.g. `WO` for `wrongOwner`: the columns are many. */
function initials(name: string): string {
  return (name[0]! + name.slice(1).replace(/[a-z]/g, "")).toUpperCase();
}
