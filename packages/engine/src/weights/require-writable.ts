import { constants } from "node:fs";
import { access, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { CyxwizError } from "@cyxwiz/errors";

/**
 * Sees to it that weights can be written where they are to go, before anything is paid for them.
 *
 * @throws CyxwizError CONFIG_INVALID
 */
export async function requireWritable(path: string): Promise<void> {
  const folder = dirname(path);
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (cause) {
    const problem = `the weights cannot be written there: ${(cause as Error).message}`;
    throw new CyxwizError("CONFIG_INVALID", { source: path, problem }, { cause });
  }
}
