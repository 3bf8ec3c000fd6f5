import { isCanonicalUuid } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { type ListJobsRequest, StatusCode } from "@cyxwiz/protocol";
import { and, count, desc, eq, inArray, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { type Job, jobs, users } from "../database/schema/index.ts";
import { statesOf } from "./job-status.ts";

const MAX_PAGE = 200;
const DEFAULT_PAGE = 50;

/**
 * A user's jobs, newest first. `user_id` is an id or a wallet; without one, the caller's. Jobs that were submitted
 * with a wallet's proof are shown to that wallet only.
 */
export async function listJobs(
  context: Pick<Context, "db">,
  request: ListJobsRequest,
  caller: string | undefined,
): Promise<{ jobs: Job[]; nextPageToken: string; totalCount: number }> {
  const whose = request.userId || caller;
  if (whose === undefined || whose === "") throw new CyxwizError("TOKEN_MISSING", { what: "ListJobs without a user" });
  const user = isCanonicalUuid(whose) ? eq(users.id, whose) : eq(users.walletPubkey, whose);
  const visible =
    caller === undefined ? eq(jobs.owned, false) : or(eq(jobs.owned, false), eq(jobs.payerWallet, caller));
  const status = request.filterStatus;
  const states = status === StatusCode.STATUS_UNKNOWN ? undefined : inArray(jobs.status, statesOf(status));
  const where = and(user, visible, states, isNull(jobs.deletedAt));
  const size = Math.min(request.pageSize > 0 ? request.pageSize : DEFAULT_PAGE, MAX_PAGE);
  const rows = await context.db
    .select({ job: jobs })
    .from(jobs)
    .innerJoin(users, eq(jobs.userId, users.id))
    .where(and(where, olderThan(request.pageToken)))
    .orderBy(desc(jobs.createdAt), desc(jobs.id))
    .limit(size + 1);
  const [total] = await context.db
    .select({ value: count() })
    .from(jobs)
    .innerJoin(users, eq(jobs.userId, users.id))
    .where(where);
  const page = rows.slice(0, size).map(({ job }) => job);
  const last = rows.length > size ? page.at(-1) : undefined;
  return { jobs: page, nextPageToken: last ? last.id : "", totalCount: total?.value ?? 0 };
}

// The token is the last job shown.
function olderThan(pageToken: string): SQL | undefined {
  if (pageToken === "") return undefined;
  if (!isCanonicalUuid(pageToken))
    throw new CyxwizError("INVALID_FIELD", { field: "page_token", problem: "is none of ours" });
  const at = sql`(select created_at from jobs as last where last.id = ${pageToken})`;
  return or(lt(jobs.createdAt, at), and(eq(jobs.createdAt, at), lt(jobs.id, pageToken)));
}
