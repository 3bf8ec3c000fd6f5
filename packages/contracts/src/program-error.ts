import * as escrow from "./generated/job-escrow/errors/index.ts";
import * as registry from "./generated/node-registry/errors/index.ts";
import * as reputation from "./generated/reputation-manager/errors/index.ts";

/** Why a program refused an instruction. */
export interface ProgramFailure {
  readonly program: "job-escrow" | "node-registry" | "reputation-manager";
  /** The number in the transaction's error, e.g. 6020. */
  readonly code: number;
  /** E.g. `ILLEGAL_STATE`. */
  readonly name: string;
  /** One sentence without a full stop. */
  readonly reason: string;
}

const failures = new Map<number, ProgramFailure>(
  [
    ...failuresOf("job-escrow", escrow, "JOB_ESCROW_ERROR__", (code) =>
      escrow.getJobEscrowErrorMessage(code as escrow.JobEscrowError),
    ),
    ...failuresOf("node-registry", registry, "NODE_REGISTRY_ERROR__", (code) =>
      registry.getNodeRegistryErrorMessage(code as registry.NodeRegistryError),
    ),
    ...failuresOf("reputation-manager", reputation, "REPUTATION_MANAGER_ERROR__", (code) =>
      reputation.getReputationManagerErrorMessage(code as reputation.ReputationManagerError),
    ),
  ].map((failure) => [failure.code, failure]),
);

/**
 * What the custom error number of a failed transaction means, or nothing if no program of ours uses it. The programs
 * share no number, so the number is enough.
 */
export function explainProgramError(code: number): ProgramFailure | undefined {
  return failures.get(code);
}

/** Like {@link explainProgramError}, for what an RPC gives as a transaction's `err`. */
export function explainTransactionError(error: unknown): ProgramFailure | undefined {
  const code = customErrorCode(error);
  return code === undefined ? undefined : explainProgramError(code);
}

/** The number in `{ InstructionError: [index, { Custom: number }] }`, if that is what `error` is. */
export function customErrorCode(error: unknown): number | undefined {
  const [, detail] = listIn(error, "InstructionError");
  if (typeof detail !== "object" || detail === null || !("Custom" in detail)) return undefined;
  return typeof detail.Custom === "number" || typeof detail.Custom === "bigint" ? Number(detail.Custom) : undefined;
}

function listIn(value: unknown, key: string): readonly unknown[] {
  if (typeof value !== "object" || value === null) return [];
  const list = (value as Record<string, unknown>)[key];
  return Array.isArray(list) ? list : [];
}

function failuresOf(
  program: ProgramFailure["program"],
  module: Record<string, unknown>,
  prefix: string,
  reasonOf: (code: number) => string,
): ProgramFailure[] {
  return Object.entries(module).flatMap(([key, code]) =>
    key.startsWith(prefix) && typeof code === "number"
      ? [{ program, code, name: key.slice(prefix.length), reason: reasonOf(code) }]
      : [],
  );
}
