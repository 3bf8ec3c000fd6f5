import type { Chain } from "../chain.ts";
import { reconnecting } from "../reconnecting.ts";
import { type Awaited, type Confirmation, landed } from "./confirmation.ts";

/** Hears of the transaction through a subscription: the quickest way, where WebSockets work. */
export async function signatureStrategy(chain: Chain, awaited: Awaited): Promise<Confirmation | undefined> {
  const { signature, commitment, signal } = awaited;
  const request = chain.rpcSubscriptions.signatureNotifications(signature, { commitment });
  const notifications = reconnecting((abortSignal) => request.subscribe({ abortSignal }), {
    signal,
    backoff: { random: chain.random },
  });
  for await (const { value } of notifications) return landed(chain, value.err);
  return undefined;
}
