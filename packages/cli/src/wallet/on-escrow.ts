import { chainTime } from "@cyxwiz/chain";
import type { FoundEscrow } from "@cyxwiz/node/operator";
import type { Command } from "commander";
import { type WalletContext, withWallet } from "../options/on-chain.ts";
import { escrowArgument, findEscrow } from "../platform/find-escrow.ts";
import { requirePossible, type SlotChoice } from "./slot-choices.ts";

/** What a command on an escrow works with. */
export interface EscrowContext extends WalletContext {
  /** As it was before the command. */
  readonly escrow: FoundEscrow;
  /** The chain's time, in Unix seconds. */
  readonly nowSeconds: bigint;
}

/**
 * Completes a command on one escrow, named as the choice that it is: its argument, and its action with the escrow,
 * once it is sure that the wallet may do this now.
 *
 * @param whose whose key file `--wallet` is, for the help
 */
export function onEscrow<Flags extends object>(
  command: Command,
  whose: string,
  action: (context: EscrowContext, flags: Flags) => Promise<void>,
): Command {
  return withWallet<Flags, [reference: string]>(
    command.addArgument(escrowArgument()),
    whose,
    async (context, flags, reference) => {
      const { chain, wallet, signal } = context;
      const escrow = await findEscrow(context, reference, wallet.address);
      const nowSeconds = await chainTime(chain, signal);
      requirePossible(escrow.data, command.name() as SlotChoice["command"], { nowSeconds, wallet });
      await action({ ...context, escrow, nowSeconds }, flags);
    },
  );
}
