import { CyxwizError } from "@cyxwiz/errors";
import { CommanderError } from "commander";
import { EndsWith, EXIT, exitCodeOf } from "./output/exit-code.ts";
import { namedFailure } from "./output/named-failure.ts";
import { reportError } from "./output/report-error.ts";
import { createProgram } from "./program.ts";

/**
 * Runs one command line and tells what fails.
 *
 * @param args what stands behind `cyxwiz`
 * @returns what the process should end with
 */
export async function runCommand(args: readonly string[]): Promise<number> {
  const json = args.includes("--json");
  try {
    const program = await createProgram({ json, wanted: args[0] });
    await program.parseAsync(args, { from: "user" });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof EndsWith) {
      if (error.cause !== undefined) reportError(error.cause, json);
      return error.exit;
    }
    if (!(error instanceof CommanderError)) {
      const failure = await namedFailure(error);
      reportError(failure, json);
      return exitCodeOf(failure);
    }
    // Help and version were asked for; anything else is a mistake in the command line, which commander has told.
    if (error.exitCode === 0) return EXIT.ok;
    if (json) {
      const problem = error.message.replace(/^error: /, "");
      reportError(new CyxwizError("CONFIG_INVALID", { source: "the command line", problem }), true);
    }
    return EXIT.usage;
  }
}
