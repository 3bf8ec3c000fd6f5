import { assertConfirmed, type Chain, deliver, type SignedTransaction } from "@cyxwiz/chain";

/**
 * Sends what was signed and written down until its fate is certain; sending it again does nothing.
 *
 * @param what what it does, for messages
 * @throws CyxwizError `TRANSACTION_FAILED`, `TRANSACTION_EXPIRED` when it can't land any more, `UNREACHABLE`, `ABORTED`
 */
export async function deliverSigned(
  chain: Chain,
  signed: SignedTransaction,
  options: { what: string; signal: AbortSignal; preflight?: boolean },
): Promise<void> {
  const outcome = await deliver(chain, signed, options);
  assertConfirmed(outcome, { what: options.what, signature: signed.signature });
}
