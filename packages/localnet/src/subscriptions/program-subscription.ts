import { z } from "zod";
import { encodeAccount } from "../encoding/account.ts";
import { matchesFilters } from "../rpc/account-filter.ts";
import { accountConfig, accountFilter, address } from "../rpc/params.ts";
import { onCommitted } from "./committed.ts";
import { atSlot, subscription } from "./subscription.ts";

/** Each account of a program that changed and passes the filters. */
export const programSubscription = subscription(
  "programNotification",
  z.tuple([address, z.object({ ...accountConfig, filters: z.array(accountFilter).nullish() }).nullish()]),
  ({ ledger }, { notify }, program, config) => {
    const commitment = config?.commitment ?? "finalized";
    const view = { encoding: config?.encoding ?? "binary", dataSlice: config?.dataSlice };
    return onCommitted(ledger, commitment, ({ slot, changed }) => {
      for (const pubkey of changed) {
        const account = ledger.accountAt(pubkey, commitment);
        if (account?.owner !== program || !matchesFilters(account, config?.filters ?? [])) continue;
        const encoded = encodeAccount(account, view, (mint) => ledger.accountAt(mint, commitment));
        notify(atSlot(slot, { account: encoded, pubkey }));
      }
    });
  },
);
