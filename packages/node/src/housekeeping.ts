import { removeProofsBefore } from "./jobs/kept-proof.ts";
import type { SessionStore } from "./sessions/session-store.ts";
import type { KeepOptions } from "./states/kept-job.ts";
import { removeKeptBefore } from "./states/remove-kept.ts";
import { describe, type Logger } from "./util/log.ts";
import type { WeightsStore } from "./weights/weights-store.ts";

/** Longer than any escrow lasts, with a dispute and an appeal. */
const PROOFS_KEPT_MS = 90 * 86_400_000;

export interface HousekeepingOptions {
  readonly dataDir: string;
  readonly sessions: SessionStore;
  readonly weights: WeightsStore;
  readonly keep: KeepOptions;
  /** How long a job that is over leaves its weights and its session, and what it can be replayed from. */
  readonly keptFor: { readonly weightsMs: number; readonly statesMs: number };
  readonly nowMs: () => number;
  readonly log: Logger;
}

/** Removes what jobs have left when its time is over. */
export interface Housekeeping {
  /** Never throws: what could not be removed is tried again the next time. */
  tidy(): Promise<void>;
}

export function createHousekeeping(options: HousekeepingOptions): Housekeeping {
  const { dataDir, sessions, weights, keep, keptFor, nowMs, log } = options;

  async function removeOld(): Promise<void> {
    const jobIds = await weights.removeBefore(nowMs() - keptFor.weightsMs);
    if (jobIds.length > 0) log.info({ jobIds }, "removed weights that were kept for long enough");
    removeProofsBefore(dataDir, nowMs() - PROOFS_KEPT_MS);
    const audited = await removeKeptBefore(keep, nowMs() - keptFor.statesMs);
    if (audited.length > 0) log.info({ jobIds: audited }, "removed what jobs could be replayed from until now");
  }

  return {
    async tidy() {
      const expired = nowMs() - keptFor.weightsMs;
      for (const session of sessions.all()) {
        if (session.endedAtMs !== undefined && session.endedAtMs < expired) sessions.remove(session);
      }
      await removeOld().catch((error: unknown) => {
        log.warn({ problem: describe(error) }, "what is no longer needed could not be removed");
      });
    },
  };
}
