import { Option } from "commander";

/** `--program`, which may be repeated. */
export function programOption(choices: readonly string[]): Option {
  return new Option("--program <name...>", "only this program (default: all)").choices([...choices]);
}
