import { type Chain, reconnecting } from "@cyxwiz/chain";
import { decodeProgramEvents, type ProgramAddresses, type ProgramEvent } from "@cyxwiz/contracts";
import type { Address, Signature } from "@solana/kit";

/** A transaction that names one of our programs. */
export interface SeenTransaction {
  readonly signature: Signature;
  readonly slot: bigint;
  /** It did nothing, so it has no events. */
  readonly failed: boolean;
  /** It can't be undone any more, and nothing can come before it. */
  readonly final: boolean;
}

/** What our programs said in one transaction. */
export interface TransactionEvents {
  readonly signature: Signature;
  readonly slot: bigint;
  readonly blockTime: Date | null;
  readonly events: readonly ProgramEvent[];
  /** The log was cut short, so events may be missing. */
  readonly truncated: boolean;
}

/** Where events come from. Every call has a deadline; trouble is thrown. */
export interface EventSource {
  readonly programs: ProgramAddresses;
  /** All transactions since `until` that name the program, oldest first. */
  history(program: Address, until: Signature | undefined, signal: AbortSignal): Promise<SeenTransaction[]>;
  /** Nothing when the transaction is not known here, or not yet. */
  eventsOf(signature: Signature, signal: AbortSignal): Promise<TransactionEvents | undefined>;
  /** Calls `onNews` whenever a transaction may have named the program; misses some. Ends with the signal. */
  follow(program: Address, onNews: () => void, signal: AbortSignal): Promise<void>;
}

/** The most that an RPC gives at once. */
const PAGE_SIZE = 1_000;
const AT = { commitment: "confirmed" } as const;
const TRUNCATED = "Log truncated";

/** Reads events of one deployment of the programs from the chain. */
export function openEventSource(
  { rpc, rpcSubscriptions, random }: Pick<Chain, "rpc" | "rpcSubscriptions" | "random">,
  programs: ProgramAddresses,
  pageSize = PAGE_SIZE,
): EventSource {
  return {
    programs,

    async history(program, until, signal) {
      const newestFirst: SeenTransaction[] = [];
      for (let full = true; full; ) {
        const before = newestFirst.at(-1)?.signature;
        const range = { ...(until && { until }), ...(before && { before }) };
        const page = await rpc
          .getSignaturesForAddress(program, { ...AT, ...range, limit: pageSize })
          .send({ abortSignal: signal });
        newestFirst.push(
          ...page.map(({ signature, slot, err, confirmationStatus }) => ({
            signature,
            slot,
            failed: err !== null,
            final: confirmationStatus === "finalized",
          })),
        );
        full = page.length === pageSize;
      }
      return newestFirst.reverse();
    },

    async eventsOf(signature, signal) {
      const found = await rpc
        .getTransaction(signature, { ...AT, encoding: "json", maxSupportedTransactionVersion: 0 })
        .send({ abortSignal: signal });
      if (!found) return undefined;
      const logs = found.meta?.logMessages ?? [];
      return {
        signature,
        slot: found.slot,
        blockTime: found.blockTime === null ? null : new Date(Number(found.blockTime) * 1_000),
        events: found.meta?.err === null ? decodeProgramEvents(logs, programs) : [],
        truncated: logs.includes(TRUNCATED),
      };
    },

    async follow(program, onNews, signal) {
      const request = rpcSubscriptions.logsNotifications({ mentions: [program] }, AT);
      const subscribe = async (abortSignal: AbortSignal) => {
        const subscription = await request.subscribe({ abortSignal });
        // What happened before this connection stood is not told by it.
        onNews();
        return subscription;
      };
      for await (const _ of reconnecting(subscribe, { signal, backoff: { random } })) onNews();
    },
  };
}
