import { type Chain, findPastTransaction, reconnecting } from "@cyxwiz/chain";
import { decodeProgramEvents, isTruncated, type ProgramAddresses, type ProgramEvent } from "@cyxwiz/contracts";
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
  /** All that the transaction named. */
  readonly accounts: readonly Address[];
}

/** A transaction up to which a history was read. */
export type Place = Pick<SeenTransaction, "signature" | "slot">;

/** What a provider has of a program's history. */
export interface History {
  /** Oldest first. */
  readonly transactions: readonly SeenTransaction[];
  /** Nothing is missing between the place that was asked about and these; or none was. */
  readonly isWhole: boolean;
}

/** Where events come from. Every call has a deadline; trouble is thrown. */
export interface EventSource {
  readonly programs: ProgramAddresses;
  /** All transactions after a place that name the program. */
  history(program: Address, after: Place | undefined, signal: AbortSignal): Promise<History>;
  /** Nothing when the transaction is not known here, or not yet. */
  eventsOf(signature: Signature, signal: AbortSignal): Promise<TransactionEvents | undefined>;
  /** Calls `onNews` whenever a transaction may have named the program; misses some. Ends with the signal. */
  follow(program: Address, onNews: () => void, signal: AbortSignal): Promise<void>;
}

/** The most that an RPC gives at once. */
const PAGE_SIZE = 1_000;
/** Mostly little is new. */
const FIRST_PAGE = 50;
const AT = { commitment: "confirmed" } as const;

/** Reads events of one deployment of the programs from the chain. */
export function openEventSource(
  { rpc, rpcSubscriptions, random }: Pick<Chain, "rpc" | "rpcSubscriptions" | "random">,
  programs: ProgramAddresses,
  pageSize = PAGE_SIZE,
): EventSource {
  return {
    programs,

    // The place itself has to turn up: a provider that does not have it, or not the page before, would just end there.
    async history(program, after, signal) {
      const newestFirst: SeenTransaction[] = [];
      for (let limit = Math.min(FIRST_PAGE, pageSize); ; limit = pageSize) {
        const before = newestFirst.at(-1)?.signature;
        const page = await rpc
          .getSignaturesForAddress(program, { ...AT, ...(before && { before }), limit })
          .send({ abortSignal: signal });
        for (const { signature, slot, err, confirmationStatus } of page) {
          const isPast = after !== undefined && slot < after.slot && newestFirst.length > 0;
          if (signature === after?.signature || isPast) {
            return { transactions: newestFirst.reverse(), isWhole: true };
          }
          const final = confirmationStatus === "finalized";
          newestFirst.push({ signature, slot, failed: err !== null, final });
        }
        if (page.length === 0) return { transactions: newestFirst.reverse(), isWhole: after === undefined };
      }
    },

    async eventsOf(signature, signal) {
      const found = await findPastTransaction(rpc, signature, signal);
      if (!found) return undefined;
      const { slot, atSeconds, succeeded, logs, accounts } = found;
      return {
        ...{ signature, slot, accounts },
        blockTime: atSeconds === undefined ? null : new Date(Number(atSeconds) * 1_000),
        events: succeeded ? decodeProgramEvents(logs, programs) : [],
        truncated: isTruncated(logs),
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
