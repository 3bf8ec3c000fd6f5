import { and, inArray, isNotNull, isNull, lt, or, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { jobs } from "../database/schema/index.ts";
import { ENDED } from "./lifecycle.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** One statement deletes so many, so that it holds nobody up. */
const AT_ONCE = 1_000;

type Needs = Pick<Context, "db" | "config" | "nowMs" | "log">;

/**
 * Deletes what nobody needs any more: jobs that their owners have deleted, and quotes that were never paid, with all
 * that belongs to them; and after a day the addresses that jobs came from, which only the limits of a day need.
 */
export async function forgetJobs(context: Needs): Promise<void> {
  const ago = (ms: number) => new Date(context.nowMs() - ms);
  const old = ago(context.config.forgetAfterDays * DAY_MS);
  const unpaid = and(
    inArray(jobs.status, ["EXPIRED", "CANCELLED"]),
    isNull(jobs.escrowAddress),
    lt(jobs.completedAt, old),
  );
  const deleted = and(inArray(jobs.status, [...ENDED]), lt(jobs.deletedAt, old));
  const some = context.db.select({ id: jobs.id }).from(jobs).where(or(unpaid, deleted)).limit(AT_ONCE);
  for (;;) {
    const gone = await context.db.delete(jobs).where(inArray(jobs.id, some)).returning({ id: jobs.id });
    if (gone.length < AT_ONCE) break;
  }
  await context.db
    .update(jobs)
    .set({ submittedFrom: sql`null` })
    .where(and(isNotNull(jobs.submittedFrom), lt(jobs.createdAt, ago(DAY_MS))));
}

/** Forgets now and every hour until stopped. */
export function startForgetting(context: Needs): { stop(): Promise<void> } {
  let current: Promise<void>;
  const forget = () => {
    current = forgetJobs(context).catch((error: unknown) => context.log.warn({ err: error }, "forgetting old jobs"));
  };
  forget();
  const timer = setInterval(forget, HOUR_MS);
  return {
    async stop() {
      clearInterval(timer);
      await current;
    },
  };
}
