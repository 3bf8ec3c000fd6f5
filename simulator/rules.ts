import { AUDIT_DEFAULTS, type AuditParameters } from "@cyxwiz/central";
import { DEFAULT_PLATFORM_PARAMETERS, DEFAULT_REGISTRY_PARAMETERS } from "@cyxwiz/contracts";

/** Everything that a strategy's value depends on, beside the job. */
export interface Rules {
  readonly platform: typeof DEFAULT_PLATFORM_PARAMETERS;
  readonly registry: typeof DEFAULT_REGISTRY_PARAMETERS;
  readonly audit: AuditParameters;
  /** What honest work costs its node, in basis points of its pay. */
  readonly costBps: number;
  /** How many of the nodes that could be drawn as auditors work with the cheat, in basis points. */
  readonly hostileAuditorBps: number;
}

/**
 * The platform's defaults from where they stand, and the two things no rule decides as they are worst: honest work
 * earns nothing, so that leaving it out saves a whole pay; one auditor in ten works with the cheat.
 */
export const DEFAULT_RULES: Rules = {
  platform: DEFAULT_PLATFORM_PARAMETERS,
  registry: DEFAULT_REGISTRY_PARAMETERS,
  audit: AUDIT_DEFAULTS,
  costBps: 10_000,
  hostileAuditorBps: 1_000,
};
