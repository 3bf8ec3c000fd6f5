import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { minimumStake } from "@cyxwiz/contracts";
import { NodeInfoSchema } from "@cyxwiz/protocol";
import { and, asc, eq, exists, gte, isNull, ne, not } from "drizzle-orm";
import { type Context, now } from "../context.ts";
import { audits, type Job, nodes, reservations } from "../database/schema/index.ts";
import { checkConfig, loadConfig } from "../jobs/job-config.ts";
import { needsOf } from "../jobs/needs.ts";
import { onlineSince } from "../nodes/online.ts";

/**
 * The nodes that may audit a job, in the order of their ids: they say that they audit, have the stake and the memory
 * that the job asks for, are neither its node nor its payer's, and have nothing else to do.
 */
export async function auditorsFor(context: Omit<Context, "settler">, job: Job): Promise<string[]> {
  const { db, chain } = context;
  const stake = minimumStake(job.escrowAmount ?? 0n, await chain.platform());
  const isHeld = db
    .select({ jobId: reservations.jobId })
    .from(reservations)
    .where(and(eq(reservations.nodeId, nodes.id), isNull(reservations.releasedAt)));
  const isAuditing = db
    .select({ jobId: audits.jobId })
    .from(audits)
    .where(and(eq(audits.auditorNodeId, nodes.id), eq(audits.status, "OPEN"), gte(audits.centralFrom, now(context))));
  const rows = await db
    .select({ id: nodes.id, info: nodes.info })
    .from(nodes)
    .where(
      and(
        ne(nodes.id, job.assignedNodeId ?? ""),
        ne(nodes.walletPubkey, job.payerWallet ?? ""),
        eq(nodes.registration, "active"),
        gte(nodes.stakeAmount, stake),
        gte(nodes.lastHeartbeatAt, onlineSince(context)),
        not(exists(isHeld)),
        not(exists(isAuditing)),
      ),
    )
    .orderBy(asc(nodes.id));
  const { memoryBytes } = needsOf(checkConfig(loadConfig(job.config), job.id));
  return rows.filter(({ info }) => isFit(info, memoryBytes)).map(({ id }) => id);
}

function isFit(info: unknown, memoryBytes: bigint): boolean {
  const { audits: does, ramTotal } = fromJson(NodeInfoSchema, (info ?? {}) as JsonValue, { ignoreUnknownFields: true });
  return does && (ramTotal === 0n || ramTotal >= memoryBytes);
}
