import { BatchExchange } from "../data/batch-exchange.ts";
import { republish } from "../jobs/republish.ts";
import { UpdateHub } from "../jobs/update-hub.ts";
import { LinkHistory } from "../states/link-history.ts";
import { LinkJournal } from "../states/link-journal.ts";
import type { Session } from "./session.ts";
import { readArchive } from "./session-archive.ts";
import type { SessionStore } from "./session-store.ts";

/** Opens the sessions of jobs that left weights again, so that a restart costs nobody the weights they paid for. */
export function restoreSessions(
  sessions: SessionStore,
  settings: { readonly dataDir: string; readonly sessionKeptMs: number; readonly maxSubscribers: number },
  nowMs: number,
): void {
  for (const archived of readArchive(settings.dataDir, nowMs - settings.sessionKeptMs)) {
    const { jobId, endedAtMs, weights, end, tokenHashes } = archived;
    const updates = new UpdateHub(jobId, {
      maxSubscribers: settings.maxSubscribers,
      history: new LinkHistory(settings.dataDir, jobId),
    });
    republish(updates, jobId, new LinkJournal(settings.dataDir, jobId).read());
    updates.publish(end);
    const session: Session = {
      jobId,
      agreement: undefined,
      updates,
      openedAtMs: endedAtMs,
      next: Promise.withResolvers(),
      exchange: new BatchExchange(jobId),
      job: undefined,
      weights,
      endedAtMs,
    };
    sessions.restore(session, tokenHashes);
  }
}
