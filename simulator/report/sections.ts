import type { Rules } from "../rules.ts";
import { auditCostSection } from "./audit-cost-section.ts";
import { defaultsSection } from "./defaults-section.ts";
import { detectionCurveSection } from "./detection-curve-section.ts";
import { limitsSection } from "./limits-section.ts";
import { monteCarloSection } from "./monte-carlo-section.ts";
import { breakEvenSection, detectionSection, jobsSection, valueSection } from "./value-sections.ts";
import { withoutSection } from "./without-section.ts";
import { worstSection } from "./worst-section.ts";

/** Every table, by the name under which docs/economics.md has it. */
export const SECTIONS: Readonly<Record<string, (rules: Rules) => string>> = {
  rules: defaultsSection,
  jobs: jobsSection,
  detection: detectionSection,
  value: valueSection,
  "break-even": breakEvenSection,
  worst: worstSection,
  partial: detectionCurveSection,
  limits: limitsSection,
  cost: auditCostSection,
  without: withoutSection,
  played: monteCarloSection,
};
