import { z } from "zod";
import { type MethodTable, method } from "../method.ts";
import { slot } from "../params.ts";

const MAX_SLOTS = 100_000;

const advance = z.object({ seconds: slot.nullish(), slots: slot.max(MAX_SLOTS).nullish() });

/** Methods that no validator has: they move time, for tests. Only there when the localnet was started with them. */
export const timeMethods: MethodTable = {
  cyxwiz_advanceTime: method(z.tuple([advance]), async (host, { seconds, slots }) => {
    if (seconds != null) host.ledger.advanceClock(seconds);
    if (slots != null) await host.advanceSlots(slots);
    const { slot, unixTimestamp } = host.ledger.blocks.open;
    return { slot, unixTimestamp };
  }),
};
