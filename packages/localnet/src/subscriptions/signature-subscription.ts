import { z } from "zod";
import type { TransactionRecord } from "../ledger/transaction-record.ts";
import { contextConfig, signature } from "../rpc/params.ts";
import { onCommitted } from "./committed.ts";
import { atSlot, subscription } from "./subscription.ts";

/**
 * A validator looks for subscribed signatures when a block comes, never at once, and kit loses what arrives together
 * with the subscription's number.
 */
const LATE_MS = 20;

/** Tells once that a transaction has reached a commitment, also if it has long done so. */
export const signatureSubscription = subscription(
  "signatureNotification",
  z.tuple([signature, z.object({ ...contextConfig, enableReceivedNotification: z.boolean().nullish() }).nullish()]),
  ({ ledger }, { notify, finish }, wanted, config) => {
    const commitment = config?.commitment ?? "finalized";
    const done = ({ err, slot }: TransactionRecord) => finish(atSlot(slot, { err }));
    const known = ledger.history.get(wanted);
    if (known !== undefined && known.height <= ledger.blocks.heightAt(commitment)) {
      const timer = setTimeout(done, LATE_MS, known);
      return () => clearTimeout(timer);
    }
    // Received comes first, so its listener must be first too.
    const received = (record: TransactionRecord) => {
      if (record.wire.signature === wanted) notify(atSlot(record.slot, "receivedSignature"));
    };
    if (config?.enableReceivedNotification) {
      if (known !== undefined) received(known);
      else ledger.events.on("transaction", received);
    }
    const stop = onCommitted(ledger, commitment, ({ records }) => {
      const record = records.find(({ wire }) => wire.signature === wanted);
      if (record !== undefined) done(record);
    });
    return () => {
      ledger.events.off("transaction", received);
      stop();
    };
  },
);
