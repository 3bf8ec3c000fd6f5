import { once } from "node:events";
import type { Context } from "../context.ts";
import type { Job } from "../database/schema/index.ts";
import { findJob, stateOf } from "./find-job.ts";
import { after, ENDED } from "./lifecycle.ts";

/** News that got lost on the way would be noticed after this. */
const LOOK_AGAIN_MS = 10_000;

/** A job as it is now, then again each time it changes, until it is over or the signal says stop. */
export async function* followJob(
  context: Pick<Context, "db" | "updates">,
  jobId: string,
  signal: AbortSignal,
): AsyncGenerator<Job> {
  const bell = new EventTarget();
  let rung = false;
  const ring = () => {
    rung = true;
    bell.dispatchEvent(new Event("ring"));
  };
  const unsubscribe = context.updates.subscribe(jobId, ring);
  signal.addEventListener("abort", ring, { once: true });
  const timer = setInterval(ring, LOOK_AGAIN_MS);
  let shown: string | undefined;
  try {
    while (!signal.aborted) {
      rung = false;
      const job = await findJob(context.db, jobId);
      const picture = JSON.stringify([job.status, job.progress, job.currentEpoch, job.metrics]);
      if (picture !== shown) yield job;
      shown = picture;
      const state = stateOf(job);
      // A failed or expired job may still have its escrow to send back.
      if (ENDED.includes(state) && (after(state, "refund") === undefined || job.escrowAddress === null)) return;
      if (!rung && !signal.aborted) await once(bell, "ring");
    }
  } finally {
    clearInterval(timer);
    unsubscribe();
    signal.removeEventListener("abort", ring);
  }
}
