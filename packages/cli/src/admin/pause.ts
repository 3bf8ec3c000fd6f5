import { sendAndConfirm } from "@cyxwiz/chain";
import { getSetPausedInstructionAsync, getSetRegistryPausedInstructionAsync } from "@cyxwiz/contracts";
import { Command } from "commander";
import { withWallet } from "../options/on-chain.ts";
import { requireAdmin } from "./authorities.ts";
import { programOption } from "./program-option.ts";

const PAUSABLE = {
  escrow: { what: "new escrows", instruction: getSetPausedInstructionAsync },
  registry: { what: "new nodes", instruction: getSetRegistryPausedInstructionAsync },
} as const;
type Pausable = keyof typeof PAUSABLE;
const NAMES = Object.keys(PAUSABLE) as Pausable[];

export function pauseCommand(): Command {
  return setPaused(
    new Command("pause").description("take no new escrows and no new nodes; no way out is closed"),
    true,
  );
}

export function resumeCommand(): Command {
  return setPaused(new Command("resume").description("take new escrows and new nodes again"), false);
}

function setPaused(command: Command, paused: boolean): Command {
  command.addOption(programOption(NAMES));
  return withWallet<{ program?: readonly Pausable[] }>(command, "admin", async (context, { program = NAMES }) => {
    const { chain, wallet, output, signal } = context;
    const what = paused ? "Pausing" : "Resuming";
    await requireAdmin(what, context, program);
    const instructions = program.map((name) => PAUSABLE[name].instruction({ admin: wallet, paused: paused ? 1 : 0 }));
    const signature = await sendAndConfirm(chain, {
      what,
      instructions: await Promise.all(instructions),
      feePayer: wallet,
      signal,
    });
    const affected = program.map((name) => PAUSABLE[name].what).join(" and ");
    output.tell(`${affected} are ${paused ? "stopped" : "taken again"}\n  tx ${signature}`, {
      event: paused ? "paused" : "resumed",
      programs: program,
      signature,
    });
  });
}
