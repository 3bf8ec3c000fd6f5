import type { Logger } from "pino";
import type { CentralConfig } from "./config/central-config.ts";
import type { Db } from "./database/connect.ts";
import type { JobUpdates } from "./jobs/updates.ts";
import type { RequestLimits } from "./limits/request-limits.ts";
import type { PlatformChain } from "./platform/platform-chain.ts";
import type { Settler } from "./settlement/settler.ts";
import type { TokenKeys } from "./tokens/token-keys.ts";
import type { WorkQueue } from "./work/work-queue.ts";

/** Where time, ids and secrets come from; tests bring their own. */
export interface Sources {
  readonly nowMs: () => number;
  readonly newId: () => string;
  readonly randomBytes: (count: number) => Uint8Array;
}

/** Everything that the rooms of Central work with. */
export interface Context extends Sources {
  readonly config: CentralConfig;
  readonly log: Logger;
  readonly db: Db;
  readonly chain: PlatformChain;
  readonly tokenKeys: TokenKeys;
  readonly updates: JobUpdates;
  readonly queue: WorkQueue;
  readonly settler: Settler;
  readonly requestLimits: RequestLimits;
}

/** The time as a Date, for columns. */
export function now(context: Sources): Date {
  return new Date(context.nowMs());
}

/** The time in Unix seconds. */
export function nowSeconds(context: Sources): number {
  return Math.floor(context.nowMs() / 1_000);
}
