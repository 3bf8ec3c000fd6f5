import type { KeyPairSigner } from "@solana/kit";
import type { Ledger } from "../ledger/ledger.ts";

/** What methods work on. */
export interface Localhost {
  readonly ledger: Ledger;
  readonly faucet: KeyPairSigner;
  readonly slotMs: number;
  /** Closes this many blocks without holding up other requests. */
  advanceSlots(count: number): Promise<void>;
  readonly addresses: { readonly rpc: string; readonly pubsub: string };
}
