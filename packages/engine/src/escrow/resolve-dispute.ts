import { EscrowDecision, getResolveDisputeInstruction } from "@cyxwiz/contracts";
import type { Address } from "@solana/kit";
import { act, type EscrowAction, payoutAccounts } from "./escrow-action.ts";

/**
 * Decides a dispute, or its appeal, as the platform's arbiter. Gives the transaction's signature.
 *
 * @throws CyxwizError `TRANSACTION_FAILED`
 */
export function resolveDispute(escrow: Address, decision: "payer" | "node", options: EscrowAction): Promise<string> {
  return act("Deciding the dispute", escrow, options, async (context) =>
    getResolveDisputeInstruction(
      {
        ...context.use,
        ...(await payoutAccounts(context, options)),
        arbiter: options.wallet,
        decision: decision === "payer" ? EscrowDecision.ForPayer : EscrowDecision.ForNode,
      },
      context.program,
    ),
  );
}
