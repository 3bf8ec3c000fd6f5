import { createInterface } from "node:readline/promises";
import { CyxwizError } from "@cyxwiz/errors";
import { Option } from "commander";

/** `--yes`, for commands that ask before they do what cannot be undone. */
export function yesOption(): Option {
  return new Option("--yes", "do not ask").default(false);
}

/** How somebody is asked, where not at the terminal. */
export interface Asking {
  readonly yes: boolean;
  readonly signal: AbortSignal;
  readonly input?: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output?: NodeJS.WritableStream;
}

/**
 * Has a person agree before something that cannot be undone; the question goes to stderr, so that `--json` stays JSON.
 *
 * @throws CyxwizError CONFIG_INVALID where there is nobody to ask, ABORTED when the answer is no, or none
 */
export async function confirm(question: string, asking: Asking): Promise<void> {
  const { yes, signal, input = process.stdin, output = process.stderr } = asking;
  if (yes) return;
  if (!input.isTTY) {
    const problem = `nobody can be asked here: ${question} Add --yes to agree.`;
    throw new CyxwizError("CONFIG_INVALID", { source: "the command line", problem });
  }
  const terminal = createInterface({ input, output });
  // Ctrl-C and Ctrl-D close the line; the question itself would wait for ever after the latter.
  const closed = new Promise<undefined>((resolve) => terminal.once("close", () => resolve(undefined)));
  try {
    const answer = terminal.question(`${question} [y/N] `, { signal }).catch(() => undefined);
    if (/^y(es)?$/i.test(((await Promise.race([answer, closed])) ?? "").trim())) return;
  } finally {
    terminal.close();
  }
  throw new CyxwizError("ABORTED", { what: "The command" });
}
