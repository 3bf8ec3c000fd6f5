import { appealDecision } from "@cyxwiz/engine";
import { Command } from "commander";
import { formatAmount } from "../options/amount.ts";
import { evidenceOption, readEvidence } from "../options/evidence.ts";
import { withWallet } from "../options/on-chain.ts";
import { confirm, yesOption } from "../output/confirm.ts";
import { formatTime } from "../output/time.ts";
import { escrowArgument, findEscrow, readEscrow } from "../platform/find-escrow.ts";

interface AppealFlags {
  readonly evidence: string;
  readonly yes: boolean;
}

export function appealCommand(): Command {
  const command = new Command("appeal")
    .description("appeal against a decision that you lost, once, for a deposit that comes back if you win")
    .addArgument(escrowArgument())
    .addOption(evidenceOption())
    .addOption(yesOption());
  return withWallet<AppealFlags>(command, "payer or the node", async (context, flags, reference) => {
    const { chain, wallet, output, signal } = context;
    const [{ address, data }, evidence] = await Promise.all([
      findEscrow(context, reference, wallet.address),
      readEvidence(flags.evidence),
    ]);
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
