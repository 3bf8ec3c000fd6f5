import { readFile } from "node:fs/promises";
import { CyxwizError } from "@cyxwiz/errors";

/** A certificate file's text; `undefined` where no file is named. Throws CONFIG_INVALID. */
export async function readPem(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const problem = `cannot read it: ${(cause as Error).message}`;
    throw new CyxwizError("CONFIG_INVALID", { source: path, problem }, { cause });
  }
}
