import { appealDecision } from "@cyxwiz/engine";
import { Command } from "commander";
import { formatAmount } from "../options/amount.ts";
import { evidenceOption, readEvidence } from "../options/evidence.ts";
import { confirm, yesOption } from "../output/confirm.ts";
import { formatTime } from "../output/time.ts";
import { readEscrow } from "../platform/find-escrow.ts";
import { onEscrow } from "./on-escrow.ts";

interface AppealFlags {
  readonly evidence: string;
  readonly yes: boolean;
}

export function appealCommand(): Command {
  const command = new Command("appeal")
    .description("appeal against a decision that you lost, once, for a deposit that comes back if you win")
    .addOption(evidenceOption())
    .addOption(yesOption());
  return onEscrow<AppealFlags>(command, "payer or the node", async (context, flags) => {
    const { chain, wallet, output, signal } = context;
    const { address, data } = context.escrow;
    const evidence = await readEvidence(flags.evidence);
    const question = `Put down ${formatAmount(data.appealDeposit)} CYXWIZ, lost unless the decision is reversed?`;
    await confirm(question, { yes: flags.yes, signal });
    const signature = await appealDecision(address, evidence.hash, { chain, wallet, signal });
    const { evidenceUntil, decisionUntil, deposit } = await readEscrow(context, address);
    output.tell(
      `appealed: evidence until ${formatTime(evidenceUntil)}, the final decision by ${formatTime(decisionUntil)}\n` +
        `  tx ${signature}`,
      { event: "appealed", escrow: address, evidence: evidence.hex, deposit, evidenceUntil, decisionUntil, signature },
    );
  });
}
