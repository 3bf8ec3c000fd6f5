import type { PastTransaction } from "@cyxwiz/chain";
import {
  APPROVE_PAYMENT_DISCRIMINATOR,
  CANCEL_ESCROW_DISCRIMINATOR,
  CANCEL_RUNNING_DISCRIMINATOR,
  COMPLETE_PAYMENT_DISCRIMINATOR,
  EscrowOutcome,
  EXECUTE_DECISION_DISCRIMINATOR,
  REFUND_ESCROW_DISCRIMINATOR,
  RESOLVE_DISPUTE_DISCRIMINATOR,
  TIMEOUT_REFUND_DISCRIMINATOR,
} from "@cyxwiz/contracts";
import type { Address } from "@solana/kit";
import { allInstructions, leadingNumber } from "./all-instructions.ts";
import type { EscrowUse } from "./escrow-end.ts";
import type { EscrowEnd } from "./platform-chain.ts";

/** Where an instruction that ends an escrow has the accounts of those who may get something. */
interface Ending {
  /** `undefined`: a decision, which is told by who got something. */
  readonly outcome: EscrowOutcome | undefined;
  readonly payer: number;
  readonly node?: number;
  readonly treasury?: number;
}

const { Cancelled, CancelledRunning, Approved, Completed, Refunded, TimedOut } = EscrowOutcome;
const ALL = { node: 4, treasury: 5, payer: 6 };

const ENDINGS: ReadonlyMap<number | undefined, Ending> = new Map<number | undefined, Ending>([
  [CANCEL_ESCROW_DISCRIMINATOR, { outcome: Cancelled, payer: 3 }],
  [CANCEL_RUNNING_DISCRIMINATOR, { outcome: CancelledRunning, node: 4, payer: 5 }],
  [APPROVE_PAYMENT_DISCRIMINATOR, { outcome: Approved, ...ALL }],
  [COMPLETE_PAYMENT_DISCRIMINATOR, { outcome: Completed, ...ALL }],
  [REFUND_ESCROW_DISCRIMINATOR, { outcome: Refunded, payer: 4 }],
  [TIMEOUT_REFUND_DISCRIMINATOR, { outcome: TimedOut, payer: 3 }],
  [EXECUTE_DECISION_DISCRIMINATOR, { outcome: undefined, ...ALL }],
  [RESOLVE_DISPUTE_DISCRIMINATOR, { outcome: undefined, ...ALL }],
]);

/**
 * How a use of an escrow has ended, from the instruction that did it and from the balances around its transaction: for a
 * transaction whose log is not complete. The outcome is certain; an amount is what an account gained in the whole transaction.
 */
export function endByInstruction(
  transaction: PastTransaction,
  program: Address,
  { escrow, nonce }: EscrowUse,
): Omit<EscrowEnd, "signature"> | undefined {
  const changes = transaction.tokenChanges();
  for (const instruction of allInstructions(transaction)) {
    const { accounts, data } = instruction;
    const ending = ENDINGS.get(data[0]);
    if (!ending || instruction.program !== program || !accounts.includes(escrow)) continue;
    if (leadingNumber(instruction) !== nonce) continue;
    const gained = (place: number | undefined) => {
      const change = place === undefined ? undefined : changes.find(({ account }) => account === accounts[place]);
      return change !== undefined && change.after > change.before ? change.after - change.before : 0n;
    };
    const [toPayer, toNode, toTreasury] = [gained(ending.payer), gained(ending.node), gained(ending.treasury)];
    // The first decision on a dispute moves nothing: it can be appealed against.
    if (ending.outcome === undefined && toPayer + toNode === 0n) continue;
    const decided = toNode > toPayer ? EscrowOutcome.ResolvedForNode : EscrowOutcome.ResolvedForPayer;
    return { outcome: ending.outcome ?? decided, toPayer, toNode, toTreasury };
  }
  return undefined;
}
