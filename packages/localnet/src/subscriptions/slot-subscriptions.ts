import { z } from "zod";
import type { Block } from "../ledger/block-chain.ts";
import { subscription } from "./subscription.ts";

/** Each slot as it opens. */
export const slotSubscription = subscription("slotNotification", z.tuple([]), ({ ledger }, { notify }) => {
  const heard = () => {
    const { slot, parentSlot } = ledger.blocks.open;
    notify({ parent: parentSlot, root: ledger.blocks.slotAt("finalized"), slot });
  };
  ledger.events.on("block", heard);
  return () => ledger.events.off("block", heard);
});

/** Each slot as it becomes final. */
export const rootSubscription = subscription("rootNotification", z.tuple([]), ({ ledger }, { notify }) => {
  const heard = (_: Block, finalized: readonly Block[]) => {
    for (const { slot } of finalized) notify(slot);
  };
  ledger.events.on("block", heard);
  return () => ledger.events.off("block", heard);
});
