import { Command } from "commander";
import { claimCommand } from "../node/claim.ts";
import { earningsCommand } from "../node/earnings.ts";
import { registerCommand } from "../node/register.ts";
import { reinstateCommand } from "../node/reinstate.ts";
import { rewardsCommand } from "../node/rewards.ts";
import { runCommand } from "../node/run.ts";
import { stakeCommand } from "../node/stake.ts";
import { statusCommand } from "../node/status.ts";
import { withdrawCommand } from "../node/withdraw.ts";

export function nodeCommand(): Command {
  const node = new Command("node")
    .description("the worker: trains other people's models for tokens; and all its operator does on chain")
    .addHelpText("after", "\n`cyxwiz node` with the flags of `cyxwiz node run` runs the node.");
  node.addCommand(runCommand(), { isDefault: true });
  for (const command of [
    registerCommand(),
    stakeCommand(),
    withdrawCommand(),
    statusCommand(),
    earningsCommand(),
    rewardsCommand(),
    claimCommand(),
    reinstateCommand(),
  ]) {
    node.addCommand(command);
  }
  return node;
}
