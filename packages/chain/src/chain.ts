import { explainTransactionError } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import {
  createDefaultRpcTransport,
  createSolanaRpcFromTransport,
  createSolanaRpcSubscriptions,
  type Rpc,
  type RpcSubscriptions,
  type RpcTransport,
  type SolanaRpcApi,
  type SolanaRpcSubscriptionsApi,
} from "@solana/kit";
import { withDeadline } from "./rpc/deadline-transport.ts";
import { withNamedErrors } from "./rpc/error-transport.ts";
import { withFailover } from "./rpc/failover-transport.ts";
import { withHealthCheck } from "./rpc/health-transport.ts";
import { withRetry } from "./rpc/retry-transport.ts";

/** Says in words what a transaction's `err` means; nothing if it doesn't know. */
export type ErrorExplainer = (error: unknown) => string | undefined;

/** Where the cluster is, and how patient to be with it. */
export interface ChainOptions {
  /** Providers of JSON-RPC, best first. */
  readonly rpcUrls: readonly string[];
  /** Where subscriptions are. */
  readonly wsUrl: string;
  /** Longest that one RPC call may take, with all retries on all providers. Default 10,000. */
  readonly timeoutMs?: number;
  /** Ends every call when it aborts. */
  readonly signal?: AbortSignal;
  /** Default: the errors of our own programs. */
  readonly explainError?: ErrorExplainer;
  /** Spreads retries; default `Math.random`. */
  readonly random?: () => number;
}

/** A cluster to talk to. */
export interface Chain {
  /**
   * Kit's RPC. Calls throw CyxwizError UNREACHABLE (no provider answered in time) or ABORTED, and SolanaError for
   * what a provider answered.
   */
  readonly rpc: Rpc<SolanaRpcApi>;
  /** Kit's subscriptions; see `reconnecting` for one that outlives its connection. */
  readonly rpcSubscriptions: RpcSubscriptions<SolanaRpcSubscriptionsApi>;
  readonly explainError: ErrorExplainer;
  readonly random: () => number;
  readonly signal: AbortSignal | undefined;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const RETRY = { attempts: 4, firstMs: 100, maxMs: 2_000 };

/**
 * Connects to a cluster through one or more providers: each call has a deadline, is retried when it got lost on the
 * way, and moves to the next provider when one is down or behind.
 *
 * @example
 * const chain = createChain({ rpcUrls: ["http://127.0.0.1:8899"], wsUrl: "ws://127.0.0.1:8900" });
 * const slot = await chain.rpc.getSlot().send();
 *
 * @throws CyxwizError CONFIG_INVALID if an address is none
 */
export function createChain(options: ChainOptions): Chain {
  const { rpcUrls, wsUrl, timeoutMs = DEFAULT_TIMEOUT_MS, signal, random = Math.random } = options;
  if (rpcUrls.length === 0) throw new CyxwizError("CONFIG_INVALID", { source: "rpcUrls", problem: "no RPC given" });
  for (const url of rpcUrls) assertUrl("rpcUrls", url, ["http:", "https:"]);
  assertUrl("wsUrl", wsUrl, ["ws:", "wss:"]);

  // One that hangs must leave time for another try.
  const attemptMs = Math.ceil(timeoutMs / Math.max(2, rpcUrls.length));
  const providers = rpcUrls.map((url) =>
    withDeadline(withHealthCheck(createDefaultRpcTransport({ url }) as RpcTransport), attemptMs),
  );
  const retried = withRetry(withFailover(providers), { ...RETRY, random });
  const transport = withNamedErrors(withDeadline(retried, timeoutMs), rpcUrls, signal);
  return {
    rpc: createSolanaRpcFromTransport(transport) as Rpc<SolanaRpcApi>,
    rpcSubscriptions: createSolanaRpcSubscriptions(wsUrl),
    explainError: options.explainError ?? ((error) => explainTransactionError(error)?.reason),
    random,
    signal,
  };
}

function assertUrl(source: string, url: string, protocols: readonly string[]): void {
  if (URL.canParse(url) && protocols.includes(new URL(url).protocol)) return;
  throw new CyxwizError("CONFIG_INVALID", { source, problem: `"${url}" is no ${protocols.join("// or ")}// address` });
}
