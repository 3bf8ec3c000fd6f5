import type { HttpRequest, HttpResponse } from "@cyxwiz/protocol";
import { count, eq, not, sql } from "drizzle-orm";
import { AUDIT_STATUSES } from "../audits/find-audit.ts";
import type { Context } from "../context.ts";
import {
  audits,
  blockchainEvents,
  chainTransactions,
  jobs,
  nodes,
  reputationBatches,
  reputationUpdateQueue,
} from "../database/schema/index.ts";
import { JOB_STATES } from "../jobs/lifecycle.ts";
import { isOnline } from "../nodes/online.ts";
import type { RelayFigures } from "../relay/relay.ts";

/** `GET /metrics`: what is at rest and what is on its way, in Prometheus' text format. */
export function metricsEndpoint(
  context: Context,
  relay: () => RelayFigures,
): (request: HttpRequest, response: HttpResponse) => boolean {
  return (request, response) => {
    if (request.method !== "GET" || request.url !== "/metrics") return false;
    void metrics(context, relay())
      .then((text) => {
        response.setHeader("content-type", "text/plain; version=0.0.4");
        response.end(text);
      })
      .catch((error: unknown) => {
        context.log.warn({ err: error }, "metrics");
        response.statusCode = 503;
        response.end();
      });
    return true;
  };
}

async function metrics({ db, ...context }: Context, relay: RelayFigures): Promise<string> {
  const [byState, byAudit, allNodes, open, outcomes, batches, events] = await Promise.all([
    db
      .select({
        status: jobs.status,
        jobs: count(),
        held: sql<string>`coalesce(sum(${jobs.escrowAmount}) filter (where ${jobs.escrowStatus} in ('PENDING', 'CONFIRMED')), 0)`,
      })
      .from(jobs)
      .groupBy(jobs.status),
    db.select({ status: audits.status, value: count() }).from(audits).groupBy(audits.status),
    db.select({ lastHeartbeatAt: nodes.lastHeartbeatAt, sessionHash: nodes.sessionHash }).from(nodes),
    db.select({ value: count() }).from(chainTransactions).where(eq(chainTransactions.status, "SIGNED")),
    db
      .select({ value: count() })
      .from(reputationUpdateQueue)
      .where(not(eq(reputationUpdateQueue.processed, true))),
    db.select({ value: count() }).from(reputationBatches).where(eq(reputationBatches.status, "SIGNED")),
    db
      .select({ value: count() })
      .from(blockchainEvents)
      .where(not(eq(blockchainEvents.processed, true))),
  ]);
  const auditCounts = new Map(byAudit.map(({ status, value }) => [status, value]));
  const counts = new Map(byState.map((row) => [row.status, row]));
  return [
    "# TYPE cyxwiz_jobs gauge",
    ...JOB_STATES.map((state) => `cyxwiz_jobs{state="${state}"} ${counts.get(state)?.jobs ?? 0}`),
    "# HELP cyxwiz_escrowed_base_units Tokens in escrows that are neither paid out nor refunded.",
    "# TYPE cyxwiz_escrowed_base_units gauge",
    ...JOB_STATES.map((state) => `cyxwiz_escrowed_base_units{state="${state}"} ${counts.get(state)?.held ?? 0}`),
    "# HELP cyxwiz_audits Jobs whose audit was drawn, by how it stands.",
    "# TYPE cyxwiz_audits gauge",
    ...AUDIT_STATUSES.map((status) => `cyxwiz_audits{status="${status}"} ${auditCounts.get(status) ?? 0}`),
    "# TYPE cyxwiz_nodes gauge",
    `cyxwiz_nodes{online="true"} ${allNodes.filter((node) => isOnline(context, node)).length}`,
    `cyxwiz_nodes{online="false"} ${allNodes.filter((node) => !isOnline(context, node)).length}`,
    "# TYPE cyxwiz_chain_transactions_open gauge",
    `cyxwiz_chain_transactions_open ${open[0]?.value ?? 0}`,
    "# HELP cyxwiz_reputation_outcomes_waiting What nodes did and is not on chain yet; an hour old at most.",
    "# TYPE cyxwiz_reputation_outcomes_waiting gauge",
    `cyxwiz_reputation_outcomes_waiting ${outcomes[0]?.value ?? 0}`,
    "# TYPE cyxwiz_reputation_batches_open gauge",
    `cyxwiz_reputation_batches_open ${batches[0]?.value ?? 0}`,
    "# HELP cyxwiz_events_waiting Events of the chain that were read, and that nobody has acted on yet.",
    "# TYPE cyxwiz_events_waiting gauge",
    `cyxwiz_events_waiting ${events[0]?.value ?? 0}`,
    "# HELP cyxwiz_relay_nodes Nodes that listen at this replica for connections to be relayed to them.",
    "# TYPE cyxwiz_relay_nodes gauge",
    `cyxwiz_relay_nodes ${relay.listeningNodes}`,
    "# TYPE cyxwiz_relay_connections gauge",
    `cyxwiz_relay_connections ${relay.openConnections}`,
    "# HELP cyxwiz_relay_bytes_total Relayed by this replica since it began, both directions together.",
    "# TYPE cyxwiz_relay_bytes_total counter",
    `cyxwiz_relay_bytes_total ${relay.bytes}`,
    "# HELP cyxwiz_relay_refused_total Ends of connections that were not let in, or not answered.",
    "# TYPE cyxwiz_relay_refused_total counter",
    `cyxwiz_relay_refused_total ${relay.refused}`,
    "",
  ].join("\n");
}
