import { formatAmount, formatExact } from "../options/amount.ts";
import type { StepPrinter } from "../output/step-printer.ts";
import { alignColumns } from "../output/table.ts";
import type { Balances, Holder } from "./balances.ts";
import type { DemoReport } from "./run-demo.ts";
import type { Lap } from "./stopwatch.ts";

const BAR_WIDTH = 30;

const NAMES: Readonly<Record<Holder, string>> = {
  payer: "Engine's wallet (payer)",
  node: "node's wallet",
  platform: "platform treasury",
  escrow: "escrow",
  stake: "node's stake",
  insurance: "insurance",
};

/** Shows how a demo ended: the model, who paid what to whom, and where the time went. */
export function showReport(printer: StepPrinter, report: DemoReport): void {
  const { style } = printer;
  const { result } = report;
  const { val_accuracy: testAccuracy, accuracy } = result.metrics;
  printer.heading("Result");
  if (testAccuracy !== undefined) {
    printer.line(
      `  test accuracy  ${style.bold(percent(testAccuracy))}  ${style.dim("on the test set, which training does not see")}`,
    );
  } else if (accuracy !== undefined) printer.line(`  accuracy       ${percent(accuracy)}`);
  printer.line(`  weights        ${result.weightsPath}`);
  printer.line(`  SHA-256        ${result.resultHash}`);
  printer.line(`  Merkle root    ${result.receipt.root}`);

  printer.heading("Receipt, read from the chain (CYXWIZ)");
  for (const line of balanceTable(report.before, report.after)) printer.line(line);
  if (report.discrepancies.length === 0) {
    printer.step("every balance is exactly what it must be: 90% to the node, 10% to the platform");
  }
  for (const { what, expected, actual } of report.discrepancies) {
    printer.line(`  ${style.bad("✗")} ${what} is ${formatAmount(actual)}, must be ${formatAmount(expected)}`);
  }

  printer.heading(`Where ${seconds(report.stopwatch.totalMs)} went`);
  for (const line of timeTable(report.stopwatch.laps)) printer.line(line);
}

function balanceTable(before: Balances, after: Balances): string[] {
  const rows = Object.entries(NAMES).map(([holder, name]) => {
    const [was, is] = [before[holder as Holder], after[holder as Holder]];
    const change = is === was ? "" : `${is > was ? "+" : ""}${formatExact(is - was)}`;
    return [name, formatExact(was), formatExact(is), change];
  });
  return alignColumns([["", "before", "after", "change"], ...rows]);
}

function timeTable(laps: readonly Lap[]): string[] {
  const longest = Math.max(...laps.map(({ ms }) => ms));
  const width = Math.max(...laps.map(({ name }) => name.length));
  return laps.map(({ name, ms }) => {
    const bar = "█".repeat(Math.round((ms / longest) * BAR_WIDTH));
    return `  ${name.padEnd(width)}  ${seconds(ms).padStart(7)}  ${bar}`.trimEnd();
  });
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(2)}%`;
}
