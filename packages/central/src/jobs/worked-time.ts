import { and, eq, inArray } from "drizzle-orm";
import type { Tx } from "../database/connect.ts";
import { type Job, jobHistory } from "../database/schema/index.ts";
import type { JobEvent } from "./lifecycle.ts";

/**
 * How long a node has worked on a job, by Central's own clock: from its start to its proof or its being called off, less
 * the time that its engine held it or it waited for its data. Of a job that has not come so far, `undefined`.
 */
export async function workedMs(
  tx: Tx,
  job: Pick<Job, "id" | "pausedSeconds">,
  ends: readonly JobEvent[] = ["complete", "cancel"],
): Promise<number | undefined> {
  const rows = await tx
    .select({ event: jobHistory.event, at: jobHistory.at })
    .from(jobHistory)
    .where(and(eq(jobHistory.jobId, job.id), inArray(jobHistory.event, ["accept", ...ends])));
  const at = (events: readonly string[]) => rows.find(({ event }) => events.includes(event))?.at.getTime();
  const [started, ended] = [at(["accept"]), at(ends)];
  if (started === undefined || ended === undefined) return undefined;
  return Math.max(0, ended - started - job.pausedSeconds * 1_000);
}
