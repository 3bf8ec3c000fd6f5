import type { AuditOutcome } from "@cyxwiz/proof";
import type { JobVerdict } from "./job-verdict.ts";

/** What an audit says of a job. */
export interface AuditFinding {
  readonly outcome: AuditOutcome;
  /** The first epoch that does not hold; 0 where all do, or what is wrong is no epoch's. */
  readonly firstFalse: number;
  /** In words; empty where all holds. */
  readonly problem: string;
}

/** What an auditor signs of a job that it has held against its commitments. */
export function findingOf({ problems, replayed }: JobVerdict): AuditFinding {
  const [problem] = problems;
  if (problem !== undefined) return { outcome: "REFUTED", firstFalse: 0, problem };
  const first = replayed.find(({ holds }) => !holds);
  if (!first) return { outcome: "HOLDS", firstFalse: 0, problem: "" };
  // It is public: neither what the model is made of, nor any of its values.
  const what = first.differences.map((difference) => difference.what).join(" and ");
  const words = `trained again, epoch ${first.epoch} has another ${what} than its node has committed to`;
  return { outcome: "REFUTED", firstFalse: first.epoch, problem: words };
}
