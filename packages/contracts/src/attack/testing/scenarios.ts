import { ESCROW_SCENARIOS } from "./escrow-scenarios.ts";
import type { IdlInstruction } from "./idl.ts";
import { PLATFORM_SCENARIOS } from "./platform-scenarios.ts";
import { REGISTRY_SCENARIOS } from "./registry-scenarios.ts";
import { REPUTATION_SCENARIOS } from "./reputation-scenarios.ts";
import type { ScenarioBuilder, Scenarios } from "./scenario.ts";

const scenarios: Readonly<Record<string, Scenarios>> = {
  jobEscrow: { ...ESCROW_SCENARIOS, ...PLATFORM_SCENARIOS },
  nodeRegistry: REGISTRY_SCENARIOS,
  reputationManager: REPUTATION_SCENARIOS,
};

/** The ways to an instruction, each with its name. An instruction without one is not tested: callers refuse that. */
export function scenariosOf({ program, name }: IdlInstruction): [variant: string, open: ScenarioBuilder][] {
  return Object.entries(scenarios[program]?.[name] ?? {});
}
