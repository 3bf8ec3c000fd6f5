import { z } from "zod";
import { accountKeysOf } from "../ledger/transaction-record.ts";
import { address, readConfig } from "../rpc/params.ts";
import { invalidParams } from "../rpc/rpc-error.ts";
import { onCommitted } from "./committed.ts";
import { atSlot, subscription } from "./subscription.ts";

const filter = z.union([z.enum(["all", "allWithVotes"]), z.object({ mentions: z.array(address) })]);

/** The logs of every transaction, or of those that name one address. */
export const logsSubscription = subscription(
  "logsNotification",
  z.tuple([filter, readConfig]),
  ({ ledger }, { notify }, wanted, config) => {
    if (typeof wanted === "object" && wanted.mentions.length !== 1) {
      throw invalidParams("Invalid Request: Only 1 address supported");
    }
    const mentioned = typeof wanted === "object" ? wanted.mentions[0] : undefined;
    return onCommitted(ledger, config?.commitment ?? "finalized", ({ slot, records }) => {
      for (const record of records) {
        if (mentioned !== undefined && !accountKeysOf(record).includes(mentioned)) continue;
        const { err, logs, wire } = record;
        notify(atSlot(slot, { err, logs, signature: wire.signature }));
      }
    });
  },
);
