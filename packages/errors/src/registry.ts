import { authErrors } from "./codes/auth.ts";
import { chainErrors } from "./codes/chain.ts";
import { dataErrors } from "./codes/data.ts";
import { engineErrors } from "./codes/engine.ts";
import { escrowErrors } from "./codes/escrow.ts";
import { generalErrors } from "./codes/general.ts";
import { jobErrors } from "./codes/job.ts";
import { modelErrors } from "./codes/model.ts";
import { nodeErrors } from "./codes/node.ts";
import { relayErrors } from "./codes/relay.ts";
import type { ErrorDefinition } from "./definition.ts";

/** Every error of the product, by name. */
export const ERRORS = {
  ...generalErrors,
  ...chainErrors,
  ...escrowErrors,
  ...authErrors,
  ...jobErrors,
  ...modelErrors,
  ...dataErrors,
  ...nodeErrors,
  ...relayErrors,
  ...engineErrors,
} as const;

/** Name of an error; what callers narrow on. */
export type ErrorName = keyof typeof ERRORS;

/** What `new CyxwizError(name, …)` must be told, by name. */
export type ErrorContext<Name extends ErrorName> =
  (typeof ERRORS)[Name] extends ErrorDefinition<infer Context> ? Context : never;
