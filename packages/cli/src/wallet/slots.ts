import { chainTime, loadKeypairFile } from "@cyxwiz/chain";
import { EscrowOutcome, EscrowState, jobIdFromBytes } from "@cyxwiz/contracts";
import { type FoundEscrow, findEscrows } from "@cyxwiz/node/operator";
import type { Address } from "@solana/kit";
import { Command } from "commander";
import { formatAmount } from "../options/amount.ts";
import { checkedOption } from "../options/checked-option.ts";
import { addWalletOption } from "../options/common.ts";
import { onChain } from "../options/on-chain.ts";
import { address } from "../options/schemas.ts";
import { formatFacts } from "../output/facts.ts";
import { nameOf } from "../output/names.ts";
import { formatMoment } from "../output/time.ts";
import { type SlotChoice, slotChoices } from "./slot-choices.ts";

interface SlotsFlags {
  readonly wallet: string;
  readonly address?: Address;
}

export function slotsCommand(): Command {
  const command = new Command("slots")
    .description("list a payer's escrow slots: what is in them, and what can be done with each now")
    .addOption(checkedOption("--address <address>", "of this wallet (default: of --wallet)", { schema: address }));
  return onChain<SlotsFlags>(addWalletOption(command, "payer"), async (context, flags) => {
    const payer = flags.address ?? (await loadKeypairFile(flags.wallet)).address;
    const [found, now] = await Promise.all([findEscrows(context, { payer }), chainTime(context.chain, context.signal)]);
    const slots = found.escrows.map((escrow) => describe(escrow, now)).sort((a, b) => a.slot - b.slot);
    const old = found.outdated.map((account) => `${account}: an older program made it; see \`cyxwiz admin migrate\``);
    const text = [...slots.map((slot) => show(slot, now)), ...old].join("\n");
    context.output.tell(text === "" ? "no slots: the first job makes one" : text, {
      event: "slots",
      payer,
      now,
      slots,
      outdated: found.outdated,
    });
  });
}

interface Slot {
  readonly slot: number;
  readonly escrow: Address;
  readonly state: string;
  readonly outcome: string;
  readonly jobId: string;
  readonly node: Address;
  readonly amount: bigint;
  readonly deadline: bigint;
  /** Epochs whose checkpoints are on chain, of how many. */
  readonly checkpoints: readonly [done: number, all: number];
  readonly deposit: bigint;
  readonly choices: readonly SlotChoice[];
}

function describe({ address: escrow, data }: FoundEscrow, now: bigint): Slot {
  return {
    slot: data.slot,
    escrow,
    state: nameOf(EscrowState, data.state),
    outcome: nameOf(EscrowOutcome, data.outcome),
    jobId: jobIdFromBytes(data.jobId),
    node: data.node,
    amount: data.amount,
    deadline: data.deadline,
    // The result is a leaf as well.
    checkpoints: [Math.min(data.leafCount, data.checkpoints), data.checkpoints],
    deposit: data.deposit,
    choices: slotChoices(data, now),
  };
}

function show(slot: Slot, now: bigint): string {
  const isOver = slot.outcome !== "none";
  const [done, all] = slot.checkpoints;
  const facts = formatFacts([
    ["escrow", slot.escrow],
    ["job", slot.jobId],
    ["node", slot.node],
    ["amount", `${formatAmount(slot.amount)} CYXWIZ`],
    ["appeal's deposit", slot.deposit === 0n ? undefined : `${formatAmount(slot.deposit)} CYXWIZ`],
    ["on chain", isOver ? undefined : `${done} of ${all} epochs`],
    ["deadline", isOver ? undefined : formatMoment(slot.deadline, now)],
    ...slot.choices.map((choice, index) => [index === 0 ? "you can" : "", showChoice(choice, now)] as const),
  ]);
  return `slot ${slot.slot}: ${slot.state}${isOver ? `, ${slot.outcome}` : ""}\n${facts}`;
}

function showChoice({ command, effect, from, until }: SlotChoice, now: bigint): string {
  const when =
    from !== undefined ? `, from ${formatMoment(from, now)}` : until ? `, until ${formatMoment(until, now)}` : "";
  return `${command}: ${effect}${when}`;
}
