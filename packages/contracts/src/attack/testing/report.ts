import { isWrong } from "./expectations.ts";
import type { Case } from "./matrix.ts";
import { SUBSTITUTION_NAMES } from "./substitution.ts";

/**
 * The matrix's size and result: instructions down, substitutions across, cases in the fields; then how many of them were
 * refused, how many rightly succeeded, and how many came to something else than was expected.
 */
export function matrixTable(cases: readonly Case[]): string {
  const head = ["", ...SUBSTITUTION_NAMES.map(initials), "all", "refused", "allowed", "wrong"];
  const instructions = [...new Set(cases.map(({ instruction }) => instruction))];
  const rows = [...instructions, "all"].map((instruction) => {
    const own = cases.filter((tried) => instruction === "all" || tried.instruction === instruction);
    const counts = SUBSTITUTION_NAMES.map((name) => own.filter(({ substitution }) => substitution === name).length);
    const wrong = own.filter((tried) => isWrong(tried)).length;
    const allowed = own.filter((tried) => tried.verdict === "ok" && !isWrong(tried)).length;
    const results = [own.length, own.length - allowed - wrong, allowed, wrong];
    return [instruction, ...[...counts, ...results].map((count) => (count === 0 ? "·" : `${count}`))];
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
