import { jobIdToBytes } from "@cyxwiz/contracts";
import { encodeAuditVerdict, hashFromHex, toHex } from "@cyxwiz/proof";
import type { AuditFinding } from "@cyxwiz/verify";
import { type Context, nowSeconds } from "../context.ts";
import type { StoredVerdict } from "../database/schema/index.ts";
import type { Audit } from "./find-audit.ts";

/** What whoever audits a job signs. */
export function verdictBytes(
  { jobId, root, epochs }: Pick<Audit, "jobId" | "root" | "epochs">,
  { outcome, firstFalse }: Pick<AuditFinding, "outcome" | "firstFalse">,
): Uint8Array {
  return encodeAuditVerdict({
    jobId: jobIdToBytes(jobId),
    root: hashFromHex(root, "root"),
    ...{ outcome, epochs, firstFalse },
  });
}

/** Central's own verdict, signed by the coordinator. */
export async function signVerdict(context: Context, audit: Audit, finding: AuditFinding): Promise<StoredVerdict> {
  const { chain } = context;
  const signature = toHex(await chain.signBytes(verdictBytes(audit, finding)));
  return { wallet: chain.coordinator, ...finding, signature, decidedAtSeconds: nowSeconds(context) };
}
