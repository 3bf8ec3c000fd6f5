import { create } from "@bufbuild/protobuf";
import { AUDIT_OUTCOMES } from "@cyxwiz/proof";
import { type Audit, type AuditOutcome, AuditSchema, AuditState, SignedVerdictSchema } from "@cyxwiz/protocol";
import type { Context } from "../context.ts";
import type { StoredVerdict } from "../database/schema/index.ts";
import { type AuditStatus, findAudit } from "./find-audit.ts";

const STATES: Readonly<Record<AuditStatus, AuditState>> = {
  DRAWING: AuditState.AUDIT_NONE,
  NOT_DRAWN: AuditState.AUDIT_NOT_DRAWN,
  OPEN: AuditState.AUDIT_OPEN,
  PASSED: AuditState.AUDIT_PASSED,
  FAILED: AuditState.AUDIT_FAILED,
};

/** What anybody may know of a job's audit: enough to draw the lots again, and whose word the verdict is. */
export async function publicAudit({ db }: Pick<Context, "db">, jobId: string): Promise<Audit | undefined> {
  const audit = await findAudit(db, jobId);
  if (!audit) return undefined;
  const { root, committedSlot, blockSlot, blockHash, lot, rateBps, reasons, epochs, auditorNodeId } = audit;
  return create(AuditSchema, {
    ...{ state: STATES[audit.status as AuditStatus], root, committedSlot, rateBps, reasons, epochs },
    ...{ blockSlot: blockSlot ?? 0n, blockHash: blockHash ?? "", lot: lot ?? 0, auditorNodeId: auditorNodeId ?? "" },
    verdicts: audit.verdicts.map(toMessage),
  });
}

function toMessage({ wallet, outcome, firstFalse, problem, signature, decidedAtSeconds }: StoredVerdict) {
  return create(SignedVerdictSchema, {
    ...{ wallet, firstFalse, problem, outcome: AUDIT_OUTCOMES[outcome] as AuditOutcome },
    signature: Uint8Array.from(Buffer.from(signature, "hex")),
    decidedAt: BigInt(decidedAtSeconds),
  });
}
