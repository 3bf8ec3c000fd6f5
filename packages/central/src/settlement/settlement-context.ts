import type { Context } from "../context.ts";
import type { Batcher } from "./batcher.ts";
import type { Deliveries } from "./deliveries.ts";

/** What settling jobs works with. */
export interface SettlementContext extends Omit<Context, "settler"> {
  readonly batcher: Batcher;
  readonly deliveries: Deliveries;
}
