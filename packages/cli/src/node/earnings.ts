import { loadKeypairFile } from "@cyxwiz/chain";
import {
  DEFAULT_HISTORY,
  type Earnings,
  type NodeState,
  type Reputation,
  readEarnings,
  readNodeState,
  readReputation,
} from "@cyxwiz/node/operator";
import type { Address } from "@solana/kit";
import { Command } from "commander";
import { formatAmount } from "../options/amount.ts";
import { checkedOption } from "../options/checked-option.ts";
import { addWalletOption } from "../options/common.ts";
import { onChain } from "../options/on-chain.ts";
import { address, positiveInteger } from "../options/schemas.ts";
import { formatFacts } from "../output/facts.ts";
import { words } from "../output/names.ts";
import { alignColumns } from "../output/table.ts";
import { formatTime } from "../output/time.ts";

interface EarningsFlags {
  readonly wallet: string;
  readonly address?: Address;
  readonly limit: number;
}

export function earningsCommand(): Command {
  const command = new Command("earnings")
    .description("print what a node has earned and lost, job by job, and why its reputation moved; all from the chain")
    .addOption(checkedOption("--address <address>", "the node's wallet (default: --wallet)", { schema: address }))
    .addOption(
      checkedOption("--limit <count>", "look at this many of the node's latest transactions", {
        schema: positiveInteger,
        default: DEFAULT_HISTORY,
      }),
    );
  return onChain<EarningsFlags>(addWalletOption(command, "node"), async (context, flags) => {
    const wallet = flags.address ?? (await loadKeypairFile(flags.wallet)).address;
    const query = { ...context, wallet };
    const [state, earnings, reputation] = await Promise.all([
      readNodeState(query),
      readEarnings({ ...query, limit: flags.limit }),
      readReputation(query),
    ]);
    context.output.tell(show(state, earnings, reputation), {
      event: "earnings",
      wallet,
      ...earnings,
      stake: { staked: state.staked, withdrawing: state.withdrawing, rewards: state.rewards },
      reputation: reputation ?? null,
    });
  });
}

function show(state: NodeState, earnings: Earnings, reputation: Reputation | undefined): string {
  const { jobs, slashes, rewards, audits, totals } = earnings;
  const sections = [
    section(
      "jobs",
      jobs.map((job) => [
        formatTime(job.at),
        job.jobId,
        words(job.outcome),
        `+${formatAmount(job.toNode)}`,
        `fee ${formatAmount(job.toPlatform)}`,
        job.signature,
      ]),
    ),
    section(
      "audits of others' jobs",
      audits.map(({ at, amount, signature }) => [formatTime(at), `+${formatAmount(amount)}`, signature]),
    ),
    section(
      "slashed",
      slashes.map(({ at, reason, amount, evidence, signature }) => [
        formatTime(at),
        words(reason),
        `-${formatAmount(amount)}`,
        `evidence ${evidence}`,
        signature,
      ]),
    ),
    section(
      "rewards",
      rewards.map(({ at, amount, signature }) => [formatTime(at), `+${formatAmount(amount)}`, signature]),
    ),
    `in all\n${formatFacts([
      ["earned", `${formatAmount(totals.earned)} CYXWIZ by ${totals.paidJobs} of ${totals.jobs} jobs`],
      ["audits", `${formatAmount(totals.audits)} CYXWIZ for ${audits.length} of others' jobs`],
      ["rewards", `${formatAmount(totals.rewards)} CYXWIZ, and ${formatAmount(state.rewards)} not claimed yet`],
      ["slashed", `${formatAmount(totals.slashed)} CYXWIZ`],
      ["at stake", `${formatAmount(state.staked)} CYXWIZ`],
      ["older", earnings.truncated ? "left out; see --limit" : undefined],
    ])}`,
    reputation
      ? showReputation(reputation)
      : "reputation\n  none yet: jobs and days of uptime are written there within the hour",
  ];
  return sections.filter((text) => text !== "").join("\n");
}

function section(title: string, rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? "" : `${title}\n${alignColumns(rows).join("\n")}`;
}

const signed = (points: number) => (points > 0 ? `+${points}` : `${points}`);

function showReputation({ score, tier, parts, entry, moves }: Reputation): string {
  const facts = formatFacts([
    ["completed", `${parts.completion} of 400: ${entry.completed} of ${entry.assigned} jobs`],
    ["on time", `${parts.accuracy} of 250: training times near their estimates`],
    ["rated", `${parts.rating} of 200: ${entry.ratingCount} ratings`],
    ["proofs", `${parts.proofs} of 100: ${entry.validProofs} of ${entry.proofs} valid`],
    ["uptime", `${parts.uptime} of 50`],
    ["events", signed(parts.events)],
  ]);
  const rows = moves.map(({ at, kind, value, points, signature }) => [
    formatTime(at),
    words(kind),
    showValue(kind, value),
    signed(points),
    signature,
  ]);
  const why = rows.length === 0 ? "" : `\nwhy it moved\n${alignColumns(rows).join("\n")}`;
  return `reputation ${score} of 1000, ${tier}\n${facts}${why}`;
}

function showValue(kind: Reputation["moves"][number]["kind"], value: number): string {
  if (kind === "Rated") return `${value} stars`;
  return kind === "Completed" || kind === "Uptime" ? `${value / 10} %` : "";
}
