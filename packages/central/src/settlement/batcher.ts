import { fitsTransaction } from "@cyxwiz/chain";
import { CyxwizError } from "@cyxwiz/errors";
import type { Address } from "@solana/kit";
import { kindOf } from "./purpose.ts";
import { type SignContext, type SignRequest, signAndStore } from "./sign-and-store.ts";

/** Puts what several jobs need at the same time into one transaction. */
export interface Batcher {
  /** Resolves when the request's transaction is signed and stored, or another replica's is. */
  sign(request: SignRequest): Promise<void>;
  /** Refuses everything from now on. */
  close(): void;
}

interface Waiting extends SignRequest {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Where no other job is being settled yet, the wait for one is this much shorter. */
const ALONE = 10;

/** Requests of one kind that will leave together. */
interface Collection {
  readonly waiting: Waiting[];
  readonly timer: NodeJS.Timeout;
}

/**
 * Makes a batcher. Only first attempts share a transaction: one job that the chain refuses spoils it for all, so each
 * goes on alone after that.
 *
 * @param options.windowMs how long a request waits for company; 0 sends each alone
 * @param options.expected how many jobs are being settled: when that many wait, nobody else is to come
 */
export function createBatcher(
  context: SignContext,
  options: { readonly windowMs: number; readonly expected: () => number },
): Batcher {
  const collections = new Map<string, Collection>();
  let closed = false;

  function flush(kind: string): void {
    const collection = collections.get(kind);
    if (!collection) return;
    collections.delete(kind);
    clearTimeout(collection.timer);
    for (const group of pack(collection.waiting, context.chain.coordinator)) {
      const stored = signAndStore(context, group);
      for (const { resolve, reject } of group) stored.then(resolve, reject);
    }
  }

  return {
    sign(request) {
      if (closed) return Promise.reject(stopped());
      if (request.attempt > 1 || options.windowMs === 0) return signAndStore(context, [request]);
      const kind = kindOf(request.purpose);
      return new Promise((resolve, reject) => {
        let collection = collections.get(kind);
        if (!collection) {
          const patienceMs = options.expected() > 1 ? options.windowMs : options.windowMs / ALONE;
          collection = { waiting: [], timer: setTimeout(() => flush(kind), patienceMs) };
          collections.set(kind, collection);
        }
        collection.waiting.push({ ...request, resolve, reject });
        const { length } = collection.waiting;
        if (length > 1 && length >= options.expected()) flush(kind);
      });
    },
    close() {
      closed = true;
      for (const { waiting, timer } of collections.values()) {
        clearTimeout(timer);
        for (const { reject } of waiting) reject(stopped());
      }
      collections.clear();
    },
  };
}

/** Splits requests, in their order, into as few transactions as hold them. */
function pack(requests: readonly Waiting[], feePayer: Address): Waiting[][] {
  const groups: Waiting[][] = [];
  for (const request of requests) {
    const current = groups.at(-1);
    const together = [...(current ?? []), request].flatMap(({ instructions }) => instructions);
    if (current && fitsTransaction(together, feePayer)) current.push(request);
    else groups.push([request]);
  }
  return groups;
}

function stopped(): CyxwizError {
  return new CyxwizError("ABORTED", { what: "The settlement" });
}
