import { CyxwizError } from "@cyxwiz/errors";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import type { CentralConfig } from "../config/central-config.ts";
import { addressKey } from "./address-key.ts";

/**
 * How often Central may be called. Each replica counts for itself: this is about its own load, so what is let through
 * grows with the number of replicas, as what they can bear does.
 */
export interface RequestLimits {
  /** Counts a call from an address, of a method or path. Throws TOO_MANY_REQUESTS. */
  countAddress(address: string, method: string): Promise<void>;
  /** Counts a call in the name of a wallet that has proved itself. Throws TOO_MANY_REQUESTS. */
  countWallet(wallet: string): Promise<void>;
}

const PERIOD_SECONDS = 60;

/** What counts as several calls: it asks the chain, or looks at all there is. */
const WEIGHTS: Readonly<Record<string, number>> = {
  SubmitJob: 20,
  ConfirmEscrow: 20,
  RegisterNode: 20,
  GetBalance: 10,
  GetTransactionHistory: 10,
  FindNodes: 5,
  ListNodes: 5,
  GetCommitments: 5,
  ListLinks: 2,
  relay: 5,
  "/health": 5,
  "/metrics": 20,
};

/** Makes the limits of this process. */
export function createRequestLimits(
  config: Pick<CentralConfig, "requestsPerMinutePerAddress" | "requestsPerMinutePerWallet">,
): RequestLimits {
  const { requestsPerMinutePerAddress, requestsPerMinutePerWallet } = config;
  const byAddress = limiter(requestsPerMinutePerAddress, "from one address");
  const byWallet = limiter(requestsPerMinutePerWallet, "in the name of one wallet");
  return {
    countAddress: (address, method) => byAddress(addressKey(address), WEIGHTS[method] ?? 1),
    countWallet: (wallet) => byWallet(wallet, 1),
  };
}

function limiter(points: number, whose: string): (key: string, weight: number) => Promise<void> {
  if (points === 0) return async () => {};
  const limits = new RateLimiterMemory({ points, duration: PERIOD_SECONDS });
  return async (key, weight) => {
    try {
      await limits.consume(key, weight);
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      throw new CyxwizError("TOO_MANY_REQUESTS", {
        limit: `${points} a minute are taken ${whose}`,
        retryAfterSeconds: Math.max(1, Math.ceil(refused.msBeforeNext / 1_000)),
      });
    }
  };
}
