import { concatBytes, type Hash, u32, utf8ToBytes } from "../bytes.ts";
import type { LossReason } from "./bisection.ts";
import type { Party } from "./bisection-case.ts";

const DOMAIN = utf8ToBytes("cyxwiz:dispute:v1");

/** Why a dispute was lost; the numbers are part of what is signed. */
export const DISPUTE_REASONS = {
  /** Training the epoch again does not give what the loser says. */
  replay: 0,
  silence: 1,
  unsigned: 2,
  illegal: 3,
  "not committed": 4,
  contradiction: 5,
  "nothing differs": 6,
  /** Nobody has handed in the state that both agreed on, and it was the node's to keep. */
  withheld: 7,
} as const satisfies Record<LossReason | "replay" | "withheld", number>;
/** Why a dispute was lost. */
export type DisputeReason = keyof typeof DISPUTE_REASONS;

/** What the referee says of a dispute. */
export interface DisputeVerdict {
  /** The UUID's 16 bytes. */
  readonly jobId: Uint8Array;
  /** The escrow account's 32 bytes. */
  readonly escrow: Uint8Array;
  readonly loser: Party;
  readonly reason: DisputeReason;
  /** Where the two part; 0 also where they were not brought that far. */
  readonly epoch: number;
  /** Over the case and all moves. */
  readonly transcript: Hash;
}

/**
 * What the referee signs (Ed25519): "cyxwiz:dispute:v1" ‖ job id ‖ escrow ‖ loser (u8: 0 challenger, 1 node) ‖ reason (u8) ‖
 * epoch (u32 LE) ‖ transcript.
 */
export function encodeDisputeVerdict(verdict: DisputeVerdict): Uint8Array {
  const { jobId, escrow, loser, reason, epoch, transcript } = verdict;
  const found = Uint8Array.of(loser === "node" ? 1 : 0, DISPUTE_REASONS[reason]);
  return concatBytes(DOMAIN, jobId, escrow, found, u32(epoch), transcript);
}
