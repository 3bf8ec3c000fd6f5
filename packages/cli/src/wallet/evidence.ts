import { submitEvidence } from "@cyxwiz/engine";
import { Command } from "commander";
import { evidenceOption, readEvidence } from "../options/evidence.ts";
import { onEscrow } from "./on-escrow.ts";

export function evidenceCommand(): Command {
  const command = new Command("evidence")
    .description("put your evidence beside a dispute, or replace what you had, as its payer or its node")
    .addOption(evidenceOption());
  return onEscrow<{ evidence: string }>(command, "payer or the node", async (context, flags) => {
    const { chain, wallet, output, signal } = context;
    const { address } = context.escrow;
    const evidence = await readEvidence(flags.evidence);
    const signature = await submitEvidence(address, evidence.hash, { chain, wallet, signal });
    output.tell(`your evidence on chain is ${evidence.hex}\n  tx ${signature}`, {
      event: "evidence",
      escrow: address,
      evidence: evidence.hex,
      signature,
    });
  });
}
