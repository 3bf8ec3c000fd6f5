import { z } from "zod";
import { encodeAccount } from "../encoding/account.ts";
import { SYSTEM_PROGRAM } from "../ledger/account.ts";
import { accountConfig, address } from "../rpc/params.ts";
import { onCommitted } from "./committed.ts";
import { atSlot, subscription } from "./subscription.ts";

const GONE = { lamports: 0n, owner: SYSTEM_PROGRAM, data: new Uint8Array(), executable: false };

/** An account, each time a block (at `processed`: a transaction) changed it. */
export const accountSubscription = subscription(
  "accountNotification",
  z.tuple([address, z.object(accountConfig).nullish()]),
  ({ ledger }, { notify }, key, config) => {
    const commitment = config?.commitment ?? "finalized";
    const view = { encoding: config?.encoding ?? "binary", dataSlice: config?.dataSlice };
    return onCommitted(ledger, commitment, ({ slot, changed }) => {
      for (const address of changed) {
        if (address !== key) continue;
        const account = ledger.accountAt(key, commitment) ?? GONE;
        notify(
          atSlot(
            slot,
            encodeAccount(account, view, (mint) => ledger.accountAt(mint, commitment)),
          ),
        );
      }
    });
  },
);
