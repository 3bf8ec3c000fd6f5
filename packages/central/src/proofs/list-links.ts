import type { MessageInitShape } from "@bufbuild/protobuf";
import { CyxwizError } from "@cyxwiz/errors";
import type { ListLinksRequest, ListLinksResponseSchema } from "@cyxwiz/protocol";
import { and, asc, eq, gte } from "drizzle-orm";
import type { Context } from "../context.ts";
import { jobCheckpoints } from "../database/schema/index.ts";
import { findJob } from "../jobs/find-job.ts";

const MAX_PAGE = 1_000;

/** A page of a job's links, which were checked when they were reported. Throws JOB_NOT_FOUND, INVALID_FIELD. */
export async function listLinks(
  context: Pick<Context, "db">,
  { jobId, firstEpoch, pageSize }: ListLinksRequest,
): Promise<MessageInitShape<typeof ListLinksResponseSchema>> {
  if (firstEpoch < 0) throw new CyxwizError("INVALID_FIELD", { field: "first_epoch", problem: "is below 0" });
  const { id } = await findJob(context.db, jobId);
  const size = Math.min(pageSize > 0 ? pageSize : MAX_PAGE, MAX_PAGE);
  const rows = await context.db
    .select()
    .from(jobCheckpoints)
    .where(and(eq(jobCheckpoints.jobId, id), gte(jobCheckpoints.epoch, firstEpoch)))
    .orderBy(asc(jobCheckpoints.epoch))
    .limit(size + 1);
  const page = rows.slice(0, size);
  return {
    links: page.map((row) => ({
      epoch: row.epoch,
      stateHash: row.stateHash ?? "",
      metricsHash: row.metricsHash ?? "",
      timestamp: row.timestampSeconds ?? 0n,
      checkpointHash: row.checkpointHash,
    })),
    nextEpoch: rows.length > size ? firstEpoch + size : 0,
  };
}
