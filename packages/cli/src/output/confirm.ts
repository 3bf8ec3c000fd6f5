import { createInterface } from "node:readline/promises";
import { CyxwizError } from "@cyxwiz/errors";
import { Option } from "commander";

/** `--yes`, for commands that ask before they do what cannot be undone. */
export function yesOption(): Option {
  return new Option("--yes", "do not ask").default(false);
}

/**
 * Has a person agree before something that cannot be undone; the question goes to stderr, so that `--json` stays JSON.
 *
 * @throws CyxwizError CONFIG_INVALID where there is nobody to ask, ABORTED when the answer is no
 */
export async function confirm(question: string, options: { yes: boolean; signal: AbortSignal }): Promise<void> {
  if (options.yes) return;
  if (!process.stdin.isTTY) {
    const problem = `nobody can be asked here: ${question} Add --yes to agree.`;
    throw new CyxwizError("CONFIG_INVALID", { source: "the command line", problem });
  }
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await asking.question(`${question} [y/N] `, { signal: options.signal });
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    asking.close();
  }
  throw new CyxwizError("ABORTED", { what: "It" });
}
