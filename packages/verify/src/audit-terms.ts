import { jobIdToBytes } from "@cyxwiz/contracts";
import { AUDIT_OUTCOMES, type AuditOutcome, auditLots, encodeAuditVerdict, hashFromHex } from "@cyxwiz/proof";
import { getBase58Encoder } from "@solana/kit";
import type { AuditFinding } from "./audit-finding.ts";

/** What a job's lots are drawn from: its root is hex, the block's hash base58. */
export interface AuditBlock {
  readonly jobId: string;
  readonly root: string;
  readonly blockHash: string;
}

/** The lots of a job's audit, see `auditLots`. */
export function lotsOf({ jobId, root, blockHash }: AuditBlock): (limit: number) => number {
  return auditLots({
    jobId: jobIdToBytes(jobId),
    root: hashFromHex(root, "root"),
    blockHash: new Uint8Array(getBase58Encoder().encode(blockHash)),
  });
}

/** What whoever audits a job signs. */
export function verdictBytes(
  { jobId, root, epochs }: { readonly jobId: string; readonly root: string; readonly epochs: readonly number[] },
  { outcome, firstFalse }: Pick<AuditFinding, "outcome" | "firstFalse">,
): Uint8Array {
  return encodeAuditVerdict({
    jobId: jobIdToBytes(jobId),
    root: hashFromHex(root, "root"),
    ...{ outcome, epochs, firstFalse },
  });
}

/** The outcome with this number; `undefined` for a number that is none's. */
export function outcomeOf(number: number): AuditOutcome | undefined {
  return (Object.keys(AUDIT_OUTCOMES) as AuditOutcome[]).find((each) => AUDIT_OUTCOMES[each] === number);
}
