import { Command } from "commander";

/** Loaded one by one: what a command leans on takes a second to load, and most runs need one command. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  demo: async () => (await import("./commands/demo.ts")).demoCommand(),
  localnet: async () => (await import("./commands/localnet.ts")).localnetCommand(),
  central: async () => (await import("./commands/central.ts")).centralCommand(),
  node: async () => (await import("./commands/node.ts")).nodeCommand(),
  train: async () => (await import("./commands/train.ts")).trainCommand(),
  job: async () => (await import("./commands/job.ts")).jobCommand(),
  verify: async () => (await import("./commands/verify.ts")).verifyCommand(),
  wallet: async () => (await import("./commands/wallet.ts")).walletCommand(),
  admin: async () => (await import("./commands/admin.ts")).adminCommand(),
};

/**
 * The `cyxwiz` command line.
 *
 * @param wanted the command that will be run, if it is known already: then the others are not loaded.
 */
export async function createProgram(options: { json: boolean; wanted?: string | undefined }): Promise<Command> {
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
  const wanted = options.wanted === undefined ? undefined : COMMANDS[options.wanted];
  for (const load of wanted ? [wanted] : Object.values(COMMANDS)) program.addCommand(inherit(await load(), program));
  return program;
}

function inherit(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inherit(child, command);
  return command;
}

const HELP = `
Flags that matter in a service have an environment variable, named in the command's own help. With --json a command prints one JSON
object a line; the first line of a long-running one is {"event":"ready", …}.

Exit codes: 0 done, 1 it failed, 2 a flag, a variable or a file has to be changed, 130 interrupted. \`cyxwiz verify\`: 0 the job
holds, 1 it does not, 2 it could not be checked.`;
