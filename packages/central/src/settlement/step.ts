import type { Escrow } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import type { Job } from "../database/schema/index.ts";
import type { Purpose } from "./purpose.ts";
import type { SettlementContext } from "./settlement-context.ts";
import { type Build, carryOut } from "./transactions.ts";

/** How many proofs the program takes for a job. */
export const MAX_PROOFS = 2;

/** `over` when nothing is left to do; `again` after a step. */
export type StepResult = "again" | "over";

/** A job with its escrow as the chain has it, at the job's own use of it. */
export interface Subject {
  readonly job: Job;
  readonly address: string;
  readonly escrow: Escrow;
}

/** Has a transaction carried out as a step. Throws TIMED_OUT while it is open, or after it was refused. */
export async function attempt(
  context: SettlementContext,
  jobId: string,
  purpose: Purpose,
  build: Build,
  signal: AbortSignal,
): Promise<"again"> {
  const outcome = await carryOut(context, jobId, purpose, build, signal);
  // A failure may come from somebody else's having been faster: the chain is read again, but not in a tight loop.
  if (outcome === "confirmed" || outcome === "void") return "again";
  throw notYet(jobId, `${purpose} to be confirmed`);
}

/** What a step throws that has to wait. */
export function notYet(jobId: string, what: string): CyxwizError {
  return new CyxwizError("TIMED_OUT", { what: `Job ${jobId}: waiting for ${what}`, timeoutMs: 0 });
}
