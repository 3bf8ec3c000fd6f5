import { Command } from "commander";
import { addressCommand } from "../wallet/address.ts";
import { airdropCommand } from "../wallet/airdrop.ts";
import { appealCommand } from "../wallet/appeal.ts";
import { approveCommand } from "../wallet/approve.ts";
import { balanceCommand } from "../wallet/balance.ts";
import { cancelCommand } from "../wallet/cancel.ts";
import { closeSlotCommand } from "../wallet/close-slot.ts";
import { disputeCommand } from "../wallet/dispute.ts";
import { escrowCommand } from "../wallet/escrow.ts";
import { evidenceCommand } from "../wallet/evidence.ts";
import { extendCommand } from "../wallet/extend.ts";
import { mintCommand } from "../wallet/mint.ts";
import { newCommand } from "../wallet/new.ts";
import { recoverCommand } from "../wallet/recover.ts";
import { settleCommand } from "../wallet/settle.ts";
import { slotsCommand } from "../wallet/slots.ts";
import { tokenCommand } from "../wallet/token.ts";
import { transferCommand } from "../wallet/transfer.ts";

export function walletCommand(): Command {
  const wallet = new Command("wallet").description("keys, balances, and what a payer can do with an escrow");
  for (const command of [
    newCommand(),
    addressCommand(),
    balanceCommand(),
    airdropCommand(),
    mintCommand(),
    transferCommand(),
    escrowCommand(),
    slotsCommand(),
    approveCommand(),
    extendCommand(),
    cancelCommand(),
    disputeCommand(),
    evidenceCommand(),
    appealCommand(),
    settleCommand(),
    closeSlotCommand(),
    recoverCommand(),
    tokenCommand(),
  ]) {
    wallet.addCommand(command);
  }
  return wallet;
}
