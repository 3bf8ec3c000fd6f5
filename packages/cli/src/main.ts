import { EXIT } from "./output/exit-code.ts";
import { runCommand } from "./run-command.ts";

const LINGER_MS = 2_000;
// A reader that has gone away (`| head`) is no failure of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

const code = await runCommand(process.argv.slice(2));
// A command that has done what it was asked to may still have found that all is not well.
if (code !== EXIT.ok) process.exitCode = code;
// Whatever is still open when a command is over, such as an idle connection, does not keep the process.
setTimeout(() => process.exit(), LINGER_MS).unref();
