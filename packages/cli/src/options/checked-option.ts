import { Argument, InvalidArgumentError, Option } from "commander";
import type { ZodType } from "zod";

/** An option whose value, from its flag or its environment variable, is checked by a schema before anything starts. */
export function checkedOption(
  flags: string,
  description: string,
  options: { schema: ZodType; env?: string | undefined; default?: unknown; defaultText?: string },
): Option {
  const option = new Option(flags, description);
  if (options.env !== undefined) option.env(options.env);
  if (options.default !== undefined) option.default(options.default, options.defaultText);
  return option.argParser((text: string) => check(options.schema, text));
}

/** An argument that is checked by a schema before anything starts. */
export function checkedArgument(name: string, description: string, options: { schema: ZodType }): Argument {
  return new Argument(name, description).argParser((text: string) => check(options.schema, text));
}

function check(schema: ZodType, text: string): unknown {
  const checked = schema.safeParse(text);
  if (checked.success) return checked.data;
  throw new InvalidArgumentError(checked.error.issues.map((issue) => issue.message).join("; "));
}
