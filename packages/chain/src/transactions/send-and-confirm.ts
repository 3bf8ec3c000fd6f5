import type { Signature } from "@solana/kit";
import type { Chain } from "../chain.ts";
import { buildAndSign, type TransactionPlan } from "./build-and-sign.ts";
import { assertConfirmed } from "./confirmation.ts";
import { type DeliveryOptions, deliver } from "./deliver.ts";
import type { SignedTransaction } from "./signed-transaction.ts";

/** What to send, and how to wait for it. */
export interface SendOptions extends TransactionPlan, Omit<DeliveryOptions, "preflight" | "signal" | "what"> {
  /** What the transaction is for, in errors: "Create the escrow". */
  readonly what: string;
  /** Called with the signed bytes before they are sent: the place to write them down. */
  readonly onSigned?: (signed: SignedTransaction) => Promise<void> | void;
  /** How often to sign: anew only after the one before provably expired. Default 1. */
  readonly attempts?: number;
}

/**
 * Signs, sends, and waits until the transaction is confirmed.
 *
 * @example
 * const signature = await sendAndConfirm(chain, { what: "Register the node", instructions, feePayer: wallet });
 *
 * @throws CyxwizError TRANSACTION_FAILED, TRANSACTION_EXPIRED (safe to try again), TIMED_OUT or UNREACHABLE (it may
 * have landed, or land later), ABORTED
 */
export async function sendAndConfirm(chain: Chain, options: SendOptions): Promise<Signature> {
  const { what, onSigned, attempts = 1 } = options;
  for (let attempt = 1; ; attempt += 1) {
    const signed = await buildAndSign(chain, options);
    await onSigned?.(signed);
    const { signature } = signed;
    const outcome = await deliver(chain, signed, { ...deliveryOf(options), preflight: true });
    if (outcome === "expired" && attempt < attempts) continue;
    assertConfirmed(outcome, { what, signature });
    return signature;
  }
}

function deliveryOf({ what, commitment, timeoutMs, pollMs, resendMs, signal }: SendOptions): DeliveryOptions {
  return { what, commitment, timeoutMs, pollMs, resendMs, signal };
}
