import { EscrowState } from "@cyxwiz/contracts";
import { resolveDispute } from "@cyxwiz/engine";
import { CyxwizError } from "@cyxwiz/errors";
import { Command, Option } from "commander";
import { withWallet } from "../options/on-chain.ts";
import { nameOf } from "../output/names.ts";
import { formatTime } from "../output/time.ts";
import { findEscrow, readEscrow } from "../platform/find-escrow.ts";
import { requirePlatform } from "../platform/read-platform.ts";
import { requireWallet } from "../platform/require-wallet.ts";

interface ResolveFlags {
  readonly for: "payer" | "node";
}

export function resolveCommand(): Command {
  const command = new Command("resolve")
    .description("decide a dispute, or its appeal, as the arbiter")
    .argument("<escrow>", "the escrow's address, or the job's id")
    .addOption(new Option("--for <party>", "who is right").choices(["payer", "node"]).makeOptionMandatory());
  return withWallet<ResolveFlags, [escrow: string]>(command, "arbiter", async (context, flags, reference) => {
    const { chain, wallet, output, signal } = context;
    const [{ address, data }, { arbiter }] = await Promise.all([
      findEscrow(context, reference),
      requirePlatform(chain),
    ]);
    requireWallet("Deciding a dispute", wallet, { whose: "the arbiter", needed: arbiter });
    if (data.state !== EscrowState.Disputed && data.state !== EscrowState.Appealed) {
      const problem = `nothing is disputed: the escrow is ${nameOf(EscrowState, data.state)}.`;
      throw new CyxwizError("NOT_POSSIBLE_NOW", { what: "Deciding", problem });
    }
    const signature = await resolveDispute(address, flags.for, { chain, wallet, signal });
    const { state, appealUntil } = await readEscrow(context, address);
    const isFinal = state === EscrowState.Settled;
    const next = isFinal ? "this is final, and paid" : `the other party may appeal until ${formatTime(appealUntil)}`;
    output.tell(`decided for the ${flags.for}; ${next}\n  tx ${signature}`, {
      event: "resolved",
      escrow: address,
      for: flags.for,
      final: isFinal,
      ...(isFinal ? {} : { appealUntil }),
      signature,
    });
  });
}
