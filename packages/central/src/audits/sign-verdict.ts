import { toHex } from "@cyxwiz/proof";
import { type AuditFinding, verdictBytes } from "@cyxwiz/verify";
import { type Context, nowSeconds } from "../context.ts";
import type { StoredVerdict } from "../database/schema/index.ts";
import type { Audit } from "./find-audit.ts";

/** Central's own verdict, signed by the coordinator. */
export async function signVerdict(context: Context, audit: Audit, finding: AuditFinding): Promise<StoredVerdict> {
  const { chain } = context;
  const signature = toHex(await chain.signBytes(verdictBytes(audit, finding)));
  return { wallet: chain.coordinator, ...finding, signature, decidedAtSeconds: nowSeconds(context) };
}
