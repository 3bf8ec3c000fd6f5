export { AUDIT_DEFAULTS, type AuditParameters } from "./config/audit-config.ts";
export { type CentralConfig, type CentralOptions, parseConfig } from "./config/central-config.ts";
export { type Database, startDatabase } from "./database/start-database.ts";
export { JOB_EVENTS, JOB_STATES, type JobEvent, type JobState, LIFECYCLE } from "./jobs/lifecycle.ts";
export { TIERS, type TierRule } from "./matching/tiers.ts";
export { RULES as REPUTATION_RULES } from "./nodes/reputation.ts";
export { type PriceInput, price } from "./pricing/price.ts";
export type { Tier } from "./pricing/rates.ts";
export { type Central, type CentralDependencies, startCentral } from "./start-central.ts";
