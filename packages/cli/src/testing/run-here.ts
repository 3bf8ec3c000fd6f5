import { runIn } from "../process/host.ts";
import { runCommand } from "../run-command.ts";

/** Runs `cyxwiz <args>` within this process; gives its exit code and what it told. */
export async function runHere(args: readonly string[]): Promise<{ code: number; output: string }> {
  let output = "";
  const write = (text: string) => {
    output += text;
  };
  const code = await runIn({ write, signal: new AbortController().signal }, () => runCommand(args));
  return { code, output };
}

/** The last object that a command told with `--json`. */
export function lastOf(output: string): Record<string, unknown> {
  return JSON.parse(output.trim().split("\n").at(-1) ?? "") as Record<string, unknown>;
}
