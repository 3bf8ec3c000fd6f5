export { CyxwizError, isCyxwizError } from "./cyxwiz-error.ts";
export type { ErrorDefinition, GrpcStatus } from "./definition.ts";
export { formatAmount } from "./format-amount.ts";
export { ERRORS, type ErrorContext, type ErrorName } from "./registry.ts";
export { storing } from "./storing.ts";
