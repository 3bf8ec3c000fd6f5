import { chanceOfHit } from "../chance-of-hit.ts";
import { Fraction } from "../fraction.ts";
import type { Rules } from "../rules.ts";
import { percent, table } from "./text.ts";

const EPOCHS = 100;
const MADE_UP = [1, 5, 10, 25, 50, 90, 100];
const SEGMENTS = [1, 2, 3, 5, 10];

/** Chances to find a cheat in some epochs of an audited job, and of any. */
export function detectionCurveSection({ audit }: Rules): string {
  return table(
    [
      "made up, of 100 epochs",
      ...SEGMENTS.map((segments) => `${segments} replayed`),
      "by the defaults, audited or not",
    ],
    MADE_UP.map((refutable) => [
      String(refutable),
      ...SEGMENTS.map((segments) => percent(chanceOfHit(EPOCHS, refutable, segments))),
      percent(chanceOfHit(EPOCHS, refutable, audit.auditSegments).times(Fraction.bps(audit.auditRateBps))),
    ]),
  );
}
