import { Fraction } from "../fraction.ts";
import type { Rules } from "../rules.ts";
import { bps, percent, table } from "./text.ts";

const EPOCHS = [1, 2, 5, 10, 50, 100, 1_000];
const SPACINGS = [1, 5, 10];

/** What audits cost on average, in shares of the work of all jobs. */
export function auditCostSection({ audit, platform }: Rules): string {
  const head = SPACINGS.map((spacing) => (spacing === 1 ? "every state kept" : `one state in ${spacing} kept`));
  return table(
    ["epochs", ...head, "the fee"],
    EPOCHS.map((epochs) => [
      epochs.toLocaleString("en"),
      ...SPACINGS.map((spacing) => percent(shareOfWork(epochs, spacing, audit))),
      bps(platform.feeBps),
    ]),
  );
}

// From the nearest state at or before the epoch: on average half a spacing more than the epoch itself, never the job.
function shareOfWork(epochs: number, spacing: number, audit: Rules["audit"]): Fraction {
  const within = Math.min(spacing, epochs);
  const each = Fraction.of(within + 1, 2);
  const segments = Math.min(audit.auditSegments, epochs);
  const replayed = each.times(Fraction.of(segments));
  const all = Fraction.of(epochs);
  return (replayed.isAbove(all) ? all : replayed).dividedBy(all).times(Fraction.bps(audit.auditRateBps));
}
