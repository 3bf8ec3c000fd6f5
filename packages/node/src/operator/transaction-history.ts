import { findPastTransaction, type PastInstruction } from "@cyxwiz/chain";
import { decodeProgramEvents, type ProgramEvent } from "@cyxwiz/contracts";
import type { Address, Signature } from "@solana/kit";
import { type OperatorContext, programsOf } from "./operator-context.ts";

const PAGE = 1_000;
/** Transactions asked for at once: RPC servers count requests. */
const TOGETHER = 8;

/** A transaction of ours that succeeded. */
export interface HistoryEntry {
  readonly signature: string;
  /** Unix seconds; 0 where the RPC server does not know. */
  readonly at: bigint;
  readonly events: readonly ProgramEvent[];
  /** Those that it consists of. */
  instructions(): readonly PastInstruction[];
}

/** Reads the transactions that named accounts, each transaction once, however many accounts it named. */
export class TransactionHistory {
  readonly #context: OperatorContext;
  readonly #read = new Map<string, Promise<HistoryEntry | undefined>>();

  constructor(context: OperatorContext) {
    this.#context = context;
  }

  /** The account's latest successful transactions, newest first. */
  async of(account: Address, limit: number): Promise<HistoryEntry[]> {
    const signatures = await this.#signaturesOf(account, limit);
    const found: HistoryEntry[] = [];
    for (let start = 0; start < signatures.length; start += TOGETHER) {
      const batch = signatures.slice(start, start + TOGETHER).map((signature) => this.#transaction(signature));
      for (const transaction of await Promise.all(batch)) if (transaction) found.push(transaction);
    }
    return found;
  }

  async #signaturesOf(account: Address, limit: number): Promise<Signature[]> {
    const { chain, signal } = this.#context;
    const found: Signature[] = [];
    for (let before: Signature | undefined; ; ) {
      const page = await chain.rpc
        .getSignaturesForAddress(account, { commitment: "confirmed", limit: PAGE, ...(before && { before }) })
        .send(signal ? { abortSignal: signal } : {});
      found.push(...page.filter(({ err }) => err === null).map(({ signature }) => signature));
      before = page.at(-1)?.signature;
      if (page.length < PAGE || found.length >= limit) return found.slice(0, limit);
    }
  }

  #transaction(signature: Signature): Promise<HistoryEntry | undefined> {
    const reading = this.#read.get(signature) ?? this.#readTransaction(signature);
    this.#read.set(signature, reading);
    return reading;
  }

  async #readTransaction(signature: Signature): Promise<HistoryEntry | undefined> {
    const { chain, signal } = this.#context;
    const found = await findPastTransaction(chain.rpc, signature, signal);
    if (!found?.succeeded) return undefined;
    const { atSeconds = 0n, logs, instructions } = found;
    return { signature, at: atSeconds, events: decodeProgramEvents(logs, programsOf(this.#context)), instructions };
  }
}
