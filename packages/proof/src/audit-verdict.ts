import { concatBytes, type Hash, u32, utf8ToBytes } from "./bytes.ts";

const DOMAIN = utf8ToBytes("cyxwiz:verdict:v1");

/** What an audit can find; the numbers are part of what is signed. */
export const AUDIT_OUTCOMES = {
  /** Every epoch is what the node has committed to. */
  HOLDS: 0,
  /** Training again gives something else, or what the node shows is not what was agreed. */
  REFUTED: 1,
  /** The node did not show what it takes to train again. */
  WITHHELD: 2,
} as const;
/** What an audit found. */
export type AuditOutcome = keyof typeof AUDIT_OUTCOMES;

/** What whoever audits a job says of it. */
export interface AuditVerdict {
  /** The UUID's 16 bytes. */
  readonly jobId: Uint8Array;
  /** What was audited: the root that the node had committed to. */
  readonly root: Hash;
  readonly outcome: AuditOutcome;
  /** The epochs that were to be looked at, in order. */
  readonly epochs: readonly number[];
  /** The first that does not hold; 0 where all do, or none could be looked at. */
  readonly firstFalse: number;
}

/**
 * What the auditor's wallet signs (Ed25519): "cyxwiz:verdict:v1" ‖ job id ‖ root ‖ outcome (u8) ‖ first false epoch (u32 LE) ‖
 * number of epochs (u32 LE) ‖ each epoch (u32 LE).
 */
export function encodeAuditVerdict({ jobId, root, outcome, epochs, firstFalse }: AuditVerdict): Uint8Array {
  const found = Uint8Array.of(AUDIT_OUTCOMES[outcome]);
  return concatBytes(DOMAIN, jobId, root, found, u32(firstFalse), u32(epochs.length), ...epochs.map(u32));
}
