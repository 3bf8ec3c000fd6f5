import { and, eq, inArray } from "drizzle-orm";
import type { Tx } from "../database/connect.ts";
import { type Job, jobHistory } from "../database/schema/index.ts";

/**
 * How long a node has worked on a job, by Central's own clock: from its start to its proof or its being called off, less
 * the time that its engine held it or it waited for its data.
 */
export async function workedMs(tx: Tx, job: Pick<Job, "id" | "pausedSeconds">): Promise<number> {
  const rows = await tx
    .select({ event: jobHistory.event, at: jobHistory.at })
    .from(jobHistory)
    .where(and(eq(jobHistory.jobId, job.id), inArray(jobHistory.event, ["accept", "complete", "cancel"])));
  const at = (...events: string[]) => rows.find(({ event }) => events.includes(event))?.at.getTime() ?? 0;
  return Math.max(0, at("complete", "cancel") - at("accept") - job.pausedSeconds * 1_000);
}
