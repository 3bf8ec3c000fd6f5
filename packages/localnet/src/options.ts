import type { Address } from "@solana/kit";

/** A program that is there from the first slot. */
export type LocalnetProgram =
  | { readonly address: Address; readonly elf: Uint8Array }
  | { readonly address: Address; readonly elfPath: string };

/** How a localnet runs; everything has a default. */
export interface LocalnetOptions {
  /** The interface to listen on. Default 127.0.0.1. */
  readonly host?: string;
  /** Port of JSON-RPC; WebSocket clients are welcome there too. Default 0: a free one. */
  readonly rpcPort?: number;
  /** Port of subscriptions. Default: `rpcPort + 1`, as validators have it, or a free one if `rpcPort` is 0. */
  readonly wsPort?: number;
  /** Where the ledger is kept. Without it the chain ends with the process. */
  readonly dataDir?: string;
  /** Length of a slot. Default 400. 0: slots pass only when they are told to. */
  readonly slotMs?: number;
  /** Programs to load; one that differs from what `dataDir` has replaces it. */
  readonly programs?: readonly LocalnetProgram[];
  /** Offer the JSON-RPC method `cyxwiz_advanceTime`, with which any client can move time. Default false. */
  readonly timeControl?: boolean;
  /** Closes the localnet when it aborts. */
  readonly signal?: AbortSignal;
  /** The clock behind the chain's. Default `Date.now`. */
  readonly nowMs?: () => number;
  /** The journal is compacted when it has doubled and is larger than this. Default 32 MiB. */
  readonly compactBytes?: number;
}

/** A running localnet. */
export interface Localnet {
  /** `http://…` for JSON-RPC. */
  readonly rpcUrl: string;
  /** `ws://…` for subscriptions. */
  readonly wsUrl: string;
  /** Closes this many blocks: 1 confirms what was sent, 32 make it final, 151 expire every blockhash there is now. */
  advanceSlots(count: number): Promise<void>;
  /** Moves the chain's clock ahead and opens a block that has the new time. */
  advanceTime(seconds: number): void;
  /** Jumps to a later slot; those between stay empty and count as skipped. */
  warpToSlot(slot: number): void;
  /** Stops listening, ends all connections, and closes the ledger. Safe to call twice. */
  close(): Promise<void>;
}
