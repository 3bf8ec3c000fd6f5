import { sendAndConfirm } from "@cyxwiz/chain";
import type { Address } from "@solana/kit";
import { Command } from "commander";
import { checkedArgument } from "../options/checked-option.ts";
import { withWallet } from "../options/on-chain.ts";
import { address } from "../options/schemas.ts";
import { NOBODY, PROGRAMS, type ProgramName, requireAdmin } from "./authorities.ts";
import { programOption } from "./program-option.ts";

interface ProposeFlags {
  readonly program?: readonly ProgramName[];
  readonly withdraw?: boolean;
}

export function proposeAdminCommand(): Command {
  const command = new Command("propose-admin")
    .description("offer the admin's place to another wallet, which takes it by `admin accept-admin`")
    .addArgument(checkedArgument("[address]", "the wallet", { schema: address }))
    .option("--withdraw", "take an offer back")
    .addOption(programOption(PROGRAMS));
  return withWallet<ProposeFlags, [newAdmin?: Address]>(command, "admin", async (context, flags, given) => {
    const { chain, wallet, output, signal } = context;
    if ((given === undefined) === (flags.withdraw === undefined)) {
      command.error("error: name the new admin's address, or --withdraw");
    }
    const newAdmin = given ?? NOBODY;
    const authorities = await requireAdmin("Proposing an admin", context, flags.program);
    const instructions = await Promise.all(authorities.map((authority) => authority.propose(wallet, newAdmin)));
    const signature = await sendAndConfirm(chain, { what: "Propose an admin", instructions, feePayer: wallet, signal });
    const programs = authorities.map(({ program }) => program);
    const text = flags.withdraw
      ? "the offer is withdrawn"
      : `${newAdmin} may become the admin of ${programs.join(", ")}: \`cyxwiz admin accept-admin\` with its wallet`;
    output.tell(`${text}\n  tx ${signature}`, { event: "proposed", newAdmin, programs, signature });
  });
}
