import { loadKeypairFile } from "@cyxwiz/chain";
import { type NodeState, readNodeState } from "@cyxwiz/node/operator";
import type { Address } from "@solana/kit";
import { Command } from "commander";
import { formatAmount } from "../options/amount.ts";
import { checkedOption } from "../options/checked-option.ts";
import { addWalletOption } from "../options/common.ts";
import { onChain } from "../options/on-chain.ts";
import { address } from "../options/schemas.ts";
import { formatFacts } from "../output/facts.ts";
import { formatMoment } from "../output/time.ts";

interface StatusFlags {
  readonly wallet: string;
  readonly address?: Address;
}

export function statusCommand(): Command {
  const command = new Command("status")
    .description("print how a node stands on chain: stake, withdrawal, locks, jobs, suspension, tier")
    .addOption(checkedOption("--address <address>", "the node's wallet (default: --wallet)", { schema: address }));
  return onChain<StatusFlags>(addWalletOption(command, "node"), async (context, flags) => {
    const wallet = flags.address ?? (await loadKeypairFile(flags.wallet)).address;
    const state = await readNodeState({ ...context, wallet });
    context.output.tell(show(state), { event: "status", ...state });
  });
}

function show(state: NodeState): string {
  const { now } = state;
  const cyxwiz = (units: bigint) => `${formatAmount(units)} CYXWIZ`;
  const isLocked = state.unlockedAt > now;
  return formatFacts([
    ["wallet", state.wallet],
    ["status", state.status.toLowerCase()],
    ["suspended", state.suspendedUntil === 0n ? undefined : `until ${formatMoment(state.suspendedUntil, now)}`],
    ["tier", state.tier],
    ["stake", `${cyxwiz(state.staked)}, ${takes(state.jobsBelow)}`],
    ["locked", isLocked ? `until ${formatMoment(state.unlockedAt, now)}` : "no"],
    [
      "withdrawing",
      state.withdrawing === 0n
        ? undefined
        : `${cyxwiz(state.withdrawing)}, can be had from ${formatMoment(state.withdrawableAt, now)}`,
    ],
    ["running jobs", `${state.runningJobs}`],
    ["failures", state.failures === 0 ? undefined : `${state.failures} in the present window; the third suspends`],
    [
      "slashed",
      state.slashedTotal === 0n
        ? "never"
        : `${cyxwiz(state.slashedTotal)}, last ${formatMoment(state.lastSlashedAt, now)}`,
    ],
    ["rewards", `${cyxwiz(state.rewards)}, ${claimable(state.rewardsFrom, now)}`],
    ["registered", formatMoment(state.registeredAt, now)],
  ]);
}

function claimable(from: bigint, now: bigint): string {
  return from <= now ? "`cyxwiz node rewards` claims them" : `can be claimed from ${formatMoment(from, now)}`;
}

function takes(jobsBelow: bigint | undefined): string {
  if (jobsBelow === undefined) return "enough for any job";
  return jobsBelow === 0n ? "too little for any job" : `enough for jobs below ${formatAmount(jobsBelow)}`;
}
