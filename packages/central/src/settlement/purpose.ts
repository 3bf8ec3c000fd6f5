/** What a job's transactions are for; each purpose succeeds at most once. */
export type Purpose =
  | "commit_proof"
  | "reveal_proof"
  | "complete_payment"
  | "refund"
  | "cancel"
  | "time_out"
  | "resolve"
  | "execute"
  | "report"
  | "pay_auditor"
  | "slash_auditor"
  /** With how many checkpoints. */
  | `anchor_root:${number}`;

/** Purposes of the same kind may share a transaction. */
export function kindOf(purpose: Purpose): string {
  return purpose.replace(/:.*/, "");
}
