import type { EngineContext } from "../engine-context.ts";

/** What it takes to verify a job. */
export type VerifyContext = Pick<EngineContext, "proofs" | "openRelay" | "chain" | "programs" | "nowMs">;
