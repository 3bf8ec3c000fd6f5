import type { Chain } from "../chain.ts";
import { wait } from "../wait.ts";
import { type Awaited, type Confirmation, hasReached, landed } from "./confirmation.ts";

/** Asks for the transaction's status again and again: works where subscriptions don't, and sees what they missed. */
export async function pollingStrategy(chain: Chain, awaited: Awaited): Promise<Confirmation> {
  const { signature, commitment, pollMs, signal, onAsked } = awaited;
  for (;;) {
    try {
      const { value } = await chain.rpc.getSignatureStatuses([signature]).send({ abortSignal: signal });
      onAsked();
      const [status] = value;
      if (status != null && hasReached(status.confirmationStatus, commitment)) return landed(chain, status.err);
    } catch (error) {
      onAsked(error);
    }
    await wait(pollMs, "Waiting for a transaction", signal);
  }
}
