import { Command } from "commander";
import { addressCommand } from "../wallet/address.ts";
import { airdropCommand } from "../wallet/airdrop.ts";
import { balanceCommand } from "../wallet/balance.ts";
import { cancelCommand } from "../wallet/cancel.ts";
import { escrowCommand } from "../wallet/escrow.ts";
import { mintCommand } from "../wallet/mint.ts";
import { newCommand } from "../wallet/new.ts";
import { recoverCommand } from "../wallet/recover.ts";
import { tokenCommand } from "../wallet/token.ts";
import { transferCommand } from "../wallet/transfer.ts";

export function walletCommand(): Command {
  const wallet = new Command("wallet").description("keys, balances, and escrows made by hand");
  for (const command of [
    newCommand(),
    addressCommand(),
    balanceCommand(),
    airdropCommand(),
    mintCommand(),
    transferCommand(),
    escrowCommand(),
    cancelCommand(),
    recoverCommand(),
    tokenCommand(),
  ]) {
    wallet.addCommand(command);
  }
  return wallet;
}
