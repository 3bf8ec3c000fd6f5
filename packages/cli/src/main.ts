import { CyxwizError } from "@cyxwiz/errors";
import { CommanderError } from "commander";
import { EXIT, exitCodeOf } from "./output/exit-code.ts";
import { reportError } from "./output/report-error.ts";
import { createProgram } from "./program.ts";

const LINGER_MS = 2_000;
// A reader that has gone away (`| head`) is no failure of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

const json = process.argv.includes("--json");
try {
  const program = await createProgram({ json, wanted: process.argv[2] });
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Help and version were asked for; anything else is a mistake in the command line, which commander has told.
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (json && error.exitCode !== 0) {
      const problem = error.message.replace(/^error: /, "");
      reportError(new CyxwizError("CONFIG_INVALID", { source: "the command line", problem }), true);
    }
  } else {
    process.exitCode = exitCodeOf(error);
    reportError(error, json);
  }
}
// Whatever is still open when a command is over, such as an idle connection, does not keep the process.
setTimeout(() => process.exit(), LINGER_MS).unref();
