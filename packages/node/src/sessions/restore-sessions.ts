import { UpdateHub } from "../jobs/update-hub.ts";
import type { Session } from "./session.ts";
import { readArchive } from "./session-archive.ts";
import type { SessionStore } from "./session-store.ts";

/** Opens the sessions of completed jobs again, so that a restart costs nobody the weights they paid for. */
export function restoreSessions(
  sessions: SessionStore,
  settings: { readonly dataDir: string; readonly sessionKeptMs: number; readonly maxSubscribers: number },
  nowMs: number,
): void {
  for (const archived of readArchive(settings.dataDir, nowMs - settings.sessionKeptMs)) {
    const { jobId, endedAtMs, weights, complete, tokenHashes } = archived;
    const updates = new UpdateHub(jobId, { maxSubscribers: settings.maxSubscribers });
    updates.publish(complete);
    const session: Session = {
      jobId,
      agreement: undefined,
      updates,
      openedAtMs: endedAtMs,
      job: undefined,
      weights,
      endedAtMs,
    };
    sessions.restore(session, tokenHashes);
  }
}
