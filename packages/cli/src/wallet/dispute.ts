import { openDispute } from "@cyxwiz/engine";
import { Command } from "commander";
import { evidenceOption, readEvidence } from "../options/evidence.ts";
import { formatTime } from "../output/time.ts";
import { readEscrow } from "../platform/find-escrow.ts";
import { onEscrow } from "./on-escrow.ts";

export function disputeCommand(): Command {
  const command = new Command("dispute")
    .description("dispute a job as its payer or its node: nothing moves until the arbiter has decided")
    .addOption(evidenceOption());
  return onEscrow<{ evidence: string }>(command, "payer or the node", async (context, flags) => {
    const { chain, wallet, output, signal } = context;
    const { address } = context.escrow;
    const evidence = await readEvidence(flags.evidence);
    const signature = await openDispute(address, evidence.hash, { chain, wallet, signal });
    const { evidenceUntil, decisionUntil } = await readEscrow(context, address);
    output.tell(
      `disputed: evidence until ${formatTime(evidenceUntil)}, a decision by ${formatTime(decisionUntil)}\n  tx ${signature}`,
      { event: "disputed", escrow: address, evidence: evidence.hex, evidenceUntil, decisionUntil, signature },
    );
  });
}
