import { BatchExchange } from "../data/batch-exchange.ts";
import type { Agreement } from "../jobs/agreement.ts";
import { UpdateHub } from "../jobs/update-hub.ts";
import { LinkHistory } from "../states/link-history.ts";
import type { Session } from "./session.ts";

/** A session for a job that was agreed and is not sent yet. */
export function openSession(
  agreement: Agreement,
  options: { readonly maxSubscribers: number; readonly dataDir: string; readonly nowMs: number },
): Session {
  const { jobId } = agreement;
  const history = new LinkHistory(options.dataDir, jobId);
  return {
    jobId,
    agreement,
    updates: new UpdateHub(jobId, { maxSubscribers: options.maxSubscribers, history }),
    openedAtMs: options.nowMs,
    next: Promise.withResolvers(),
    exchange: new BatchExchange(jobId),
    job: undefined,
    weights: undefined,
    endedAtMs: undefined,
  };
}
