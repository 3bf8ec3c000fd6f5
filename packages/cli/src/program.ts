import { Command } from "commander";
import { adminCommand } from "./commands/admin.ts";
import { centralCommand } from "./commands/central.ts";
import { demoCommand } from "./commands/demo.ts";
import { localnetCommand } from "./commands/localnet.ts";
import { nodeCommand } from "./commands/node.ts";
import { trainCommand } from "./commands/train.ts";
import { walletCommand } from "./commands/wallet.ts";

/** The `cyxwiz` command line. */
export function createProgram(options: { json: boolean }): Command {
  const program = new Command("cyxwiz")
    .description("Rent training time from a stranger's machine; neither has to trust the other.")
    .version("0.1.0")
    .exitOverride()
    .configureOutput({
      // With --json, the one who throws tells the error as an object.
      ...(options.json ? { writeErr: () => {} } : {}),
    })
    .showHelpAfterError("(cyxwiz --help shows what there is)")
    .addHelpText("after", HELP);
  for (const command of [
    demoCommand(),
    localnetCommand(),
    centralCommand(),
    nodeCommand(),
    trainCommand(),
    walletCommand(),
    adminCommand(),
  ]) {
    program.addCommand(inherit(command, program));
  }
  return program;
}

function inherit(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inherit(child, command);
  return command;
}

const HELP = `
Every flag has an environment variable, named in the command's own help. With --json a command prints one JSON
object a line; the first line of a long-running one is {"event":"ready", …}.

Exit codes: 0 done, 1 it failed, 2 a flag, a variable or a file has to be changed, 130 interrupted.`;
