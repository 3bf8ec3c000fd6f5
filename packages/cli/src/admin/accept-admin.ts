import { sendAndConfirm } from "@cyxwiz/chain";
import { CyxwizError } from "@cyxwiz/errors";
import { Command } from "commander";
import { withWallet } from "../options/on-chain.ts";
import { readAuthorities } from "./authorities.ts";

export function acceptAdminCommand(): Command {
  const command = new Command("accept-admin").description("become the admin wherever the wallet was proposed");
  return withWallet<object>(command, "new admin", async (context) => {
    const { chain, wallet, output, signal } = context;
    const offered = (await readAuthorities(context)).filter(({ pendingAdmin }) => pendingAdmin === wallet.address);
    if (offered.length === 0) {
      const problem = `nobody has proposed ${wallet.address}; the admin does by \`cyxwiz admin propose-admin\`.`;
      throw new CyxwizError("NOT_POSSIBLE_NOW", { what: "Becoming the admin", problem });
    }
    const instructions = await Promise.all(offered.map((authority) => authority.accept(wallet)));
    const signature = await sendAndConfirm(chain, { what: "Become the admin", instructions, feePayer: wallet, signal });
    const programs = offered.map(({ program }) => program);
    output.tell(`${wallet.address} is the admin of ${programs.join(", ")}\n  tx ${signature}`, {
      event: "accepted",
      admin: wallet.address,
      programs,
      signature,
    });
  });
}
