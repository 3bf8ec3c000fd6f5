import { sendAndConfirm } from "@cyxwiz/chain";
import { getSlashInstructionAsync, NodeStatus, SlashReason } from "@cyxwiz/contracts";
import { readNode, readRegistry } from "@cyxwiz/node/operator";
import type { Address } from "@solana/kit";
import { Command, Option } from "commander";
import { formatAmount } from "../options/amount.ts";
import { checkedArgument } from "../options/checked-option.ts";
import { evidenceOption, readEvidence } from "../options/evidence.ts";
import { withWallet } from "../options/on-chain.ts";
import { address } from "../options/schemas.ts";
import { confirm, yesOption } from "../output/confirm.ts";
import { nameOf } from "../output/names.ts";
import { requireWallet } from "../platform/require-wallet.ts";

const REASONS = {
  failed: SlashReason.Failed,
  "invalid-proof": SlashReason.InvalidProof,
  "dispute-lost": SlashReason.DisputeLost,
} as const;

interface SlashFlags {
  readonly reason: keyof typeof REASONS;
  readonly evidence: string;
  readonly yes: boolean;
}

export function slashCommand(): Command {
  const command = new Command("slash")
    .description("take a part of a node's stake as the arbiter, with evidence named on chain; this cannot be undone")
    .addArgument(checkedArgument("<node>", "the node's wallet", { schema: address }))
    .addOption(new Option("--reason <reason>", "what the node did").choices(Object.keys(REASONS)).makeOptionMandatory())
    .addOption(evidenceOption())
    .addOption(yesOption());
  return withWallet<SlashFlags, [wallet: Address]>(command, "arbiter", async (context, flags, wallet) => {
    const { chain, wallet: arbiter, output, signal } = context;
    const [{ address: node, data: before }, registry, evidence] = await Promise.all([
      readNode(context, wallet),
      readRegistry(context),
      readEvidence(flags.evidence),
    ]);
    const { mint, insurance } = registry;
    requireWallet("Slashing", arbiter, { whose: "the arbiter", needed: registry.arbiter });
    const atStake = formatAmount(before.staked + before.withdrawing);
    await confirm(`Slash ${wallet}, which has ${atStake} CYXWIZ at stake?`, { yes: flags.yes, signal });
    const reason = REASONS[flags.reason];
    const slash = await getSlashInstructionAsync({ arbiter, node, mint, insurance, reason, evidence: evidence.hash });
    const signature = await sendAndConfirm(chain, { what: "Slash", instructions: [slash], feePayer: arbiter, signal });
    const { data: after } = await readNode(context, wallet);
    const amount = after.slashedTotal - before.slashedTotal;
    const status = nameOf(NodeStatus, after.status);
    output.tell(`slashed ${formatAmount(amount)} CYXWIZ; the node is ${status}\n  tx ${signature}`, {
      event: "slashed",
      wallet,
      reason: flags.reason,
      evidence: evidence.hex,
      amount,
      status,
      signature,
    });
  });
}
