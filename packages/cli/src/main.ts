import { CommanderError } from "commander";
import { EXIT, exitCodeOf } from "./output/exit-code.ts";
import { reportError } from "./output/report-error.ts";
import { createProgram } from "./program.ts";

const json = process.argv.includes("--json");
try {
  await createProgram({ json }).parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Help and version were asked for; anything else is a mistake in the command line.
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (json && error.exitCode !== 0) reportError(error, true);
  } else {
    process.exitCode = exitCodeOf(error);
    reportError(error, json);
  }
}
