import type { Commitment } from "../ledger/commitment.ts";
import type { Localhost } from "./localhost.ts";
import { invalidParams, minContextSlotNotReached } from "./rpc-error.ts";

/** What a reader asked for, as it comes out of the parameters. */
export interface ReadConfig {
  readonly commitment?: Commitment | null | undefined;
  readonly minContextSlot?: number | null | undefined;
}

/** The commitment to read at: `finalized` unless asked otherwise. Refuses when `minContextSlot` isn't reached. */
export function readCommitment({ ledger }: Localhost, config: ReadConfig | null | undefined): Commitment {
  const commitment = config?.commitment ?? "finalized";
  const slot = ledger.blocks.slotAt(commitment);
  if (config?.minContextSlot != null && config.minContextSlot > slot) throw minContextSlotNotReached(slot);
  return commitment;
}

/** Wraps a value as reads of state do: with the slot it was read at. */
export function withContext<T>({ ledger }: Localhost, commitment: Commitment, value: T) {
  return { context: { apiVersion: API_VERSION, slot: ledger.blocks.slotAt(commitment) }, value };
}

/** For history, which begins at `confirmed`. */
export function historyCommitment(host: Localhost, config: ReadConfig | null | undefined): "confirmed" | "finalized" {
  const commitment = readCommitment(host, config);
  if (commitment === "processed") throw invalidParams("Method does not support commitment below `confirmed`");
  return commitment;
}

/** The release whose behaviour is followed. */
export const API_VERSION = "4.2.1";
