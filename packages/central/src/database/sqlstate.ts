/** PostgreSQL's code for what went wrong, wherever the layers above have put it; and the constraint, if one spoke. */
export function sqlState(error: unknown): { code: string | undefined; constraint: string | undefined } {
  const inner = (error as { cause?: unknown } | undefined)?.cause ?? error;
  const { code, constraint } = (inner ?? {}) as { code?: string; constraint?: string };
  return { code, constraint };
}

/** True when the error is a unique constraint's, or that of one of the given names. */
export function isDuplicate(error: unknown, ...constraints: readonly string[]): boolean {
  const { code, constraint } = sqlState(error);
  return code === "23505" && (constraints.length === 0 || constraints.includes(constraint ?? ""));
}
