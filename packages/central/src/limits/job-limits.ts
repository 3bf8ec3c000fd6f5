import { CyxwizError } from "@cyxwiz/errors";
import { and, asc, desc, eq, gt, isNotNull, isNull, or, sql } from "drizzle-orm";
import { type Context, now } from "../context.ts";
import type { Tx } from "../database/connect.ts";
import { jobs, nodes, reservations } from "../database/schema/index.ts";
import { onlineSince } from "../nodes/online.ts";
import { addressKey } from "./address-key.ts";

/** Who asks for a job. */
export interface Asker {
  readonly wallet: string;
  /** Whether the wallet has proved with this call that it is the one. */
  readonly proven: boolean;
  /** As {@link addressKey} gives it. */
  readonly address: string;
}

type Needs = Pick<Context, "config" | "nowMs" | "newId" | "randomBytes">;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Refuses a job of somebody who has had enough: call it in the transaction that reserves the node. What counts is read
 * from the rows of the jobs, so all replicas count together; of those who ask at once, each waits for the one before.
 *
 * Wallets cost nothing and addresses little, but a job that was paid for does. So who has paid before always finds the
 * nodes that newcomers may not hold.
 *
 * @throws CyxwizError JOB_LIMIT_REACHED, saying which limit, and when it will be over
 */
export async function checkJobLimits(context: Needs, tx: Tx, asker: Asker): Promise<void> {
  await oneAfterTheOther(tx, `wallet ${asker.wallet}`);
  await checkDay(context, tx, asker);
  if (asker.proven && (await hasPaidBefore(tx, asker.wallet))) return;
  await oneAfterTheOther(tx, `address ${asker.address}`);
  await checkAddress(context, tx, asker);
  await oneAfterTheOther(tx, "newcomers");
  await checkNewcomers(context, tx);
}

async function oneAfterTheOther(tx: Tx, who: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${who}, 0))`);
}

// Anybody can name a wallet: what it has not proved or paid for counts only against who said so from the same address.
async function checkDay(context: Needs, tx: Tx, { wallet, proven, address }: Asker): Promise<void> {
  const { jobsPerWalletPerDay: limit } = context.config;
  const isItsOwn = or(eq(jobs.owned, true), isNotNull(jobs.confirmedAt));
  const counted = proven ? isItsOwn : or(isItsOwn, eq(jobs.submittedFrom, address));
  const since = new Date(context.nowMs() - DAY_MS);
  const newest = await tx
    .select({ createdAt: jobs.createdAt })
    .from(jobs)
    .where(and(eq(jobs.payerWallet, wallet), gt(jobs.createdAt, since), counted))
    .orderBy(desc(jobs.createdAt))
    .limit(limit);
  const oldest = newest[limit - 1];
  if (oldest) throw reached(`a wallet may submit ${limit} jobs in 24 hours`, oldest.createdAt.getTime() + DAY_MS);
}

async function hasPaidBefore(tx: Tx, wallet: string): Promise<boolean> {
  const paid = and(eq(jobs.payerWallet, wallet), gt(jobs.paidToNode, 0n));
  return (await tx.select({ id: jobs.id }).from(jobs).where(paid).limit(1)).length > 0;
}

async function checkAddress(context: Needs, tx: Tx, { address }: Asker): Promise<void> {
  const { unpaidSecondsPerAddress, reservationSeconds } = context.config;
  const limit = Math.max(unpaidSecondsPerAddress, reservationSeconds);
  const since = new Date(context.nowMs() - HOUR_MS);
  const held = await tx
    .select({ from: reservations.createdAt, to: reservations.releasedAt })
    .from(reservations)
    .innerJoin(jobs, eq(reservations.jobId, jobs.id))
    .where(and(eq(jobs.submittedFrom, address), isNull(jobs.confirmedAt), gt(reservations.createdAt, since)))
    .orderBy(asc(reservations.createdAt));
  const seconds = held.map(({ from, to }) => (to ? (to.getTime() - from.getTime()) / 1_000 : reservationSeconds));
  let room = limit - seconds.reduce((sum, each) => sum + each, 0);
  if (room >= reservationSeconds) return;
  // Room is made by the oldest, which count for an hour.
  const enough = held.find((_, index) => {
    room += seconds[index] ?? 0;
    return room >= reservationSeconds;
  });
  const what = `quotes that are not paid may hold nodes for ${limit} s in an hour, from one address`;
  throw reached(what, (enough?.from.getTime() ?? context.nowMs()) + HOUR_MS);
}

async function checkNewcomers(context: Needs, tx: Tx): Promise<void> {
  const { newcomersPercent } = context.config;
  const [online] = await tx
    .select({ count: sql<number>`count(*)::int` })
    .from(nodes)
    .where(and(eq(nodes.registration, "active"), gt(nodes.lastHeartbeatAt, onlineSince(context))));
  const open = await tx
    .select({ until: jobs.confirmBy })
    .from(reservations)
    .innerJoin(jobs, eq(reservations.jobId, jobs.id))
    .where(and(isNull(reservations.releasedAt), eq(jobs.status, "PENDING_ESCROW")))
    .orderBy(asc(jobs.confirmBy));
  const most = Math.max(1, Math.ceil(((online?.count ?? 0) * newcomersPercent) / 100));
  if (open.length < most) return;
  const what = `quotes that are not paid hold ${open.length} of the nodes, and the others are kept for wallets that have paid before`;
  throw reached(what, (open[0]?.until ?? now(context)).getTime());
}

function reached(limit: string, retryAtMs: number): CyxwizError {
  return new CyxwizError("JOB_LIMIT_REACHED", { limit, retryAtSeconds: Math.ceil(retryAtMs / 1_000) });
}
