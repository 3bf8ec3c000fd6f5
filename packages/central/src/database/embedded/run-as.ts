import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { CyxwizError } from "@cyxwiz/errors";

const run = promisify(execFile);

/** Whom to run the database as; empty for ourselves. */
export interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * PostgreSQL refuses to run as root: as root it runs as the user `postgres`, who is created if there is none, or where
 * the system has no tool for that, as `nobody`.
 */
export async function databaseUser(): Promise<RunAs> {
  if (process.getuid?.() !== 0) return {};
  const existing = await findUser("postgres");
  if (existing) return existing;
  try {
    await run("groupadd", ["--force", "--system", "postgres"]);
    await run("useradd", ["--system", "--gid", "postgres", "--no-create-home", "postgres"]);
  } catch (error) {
    const nobody = await findUser("nobody");
    if (nobody) return nobody;
    const problem = 'PostgreSQL can\'t run as root, and a user "postgres" could not be created. Run as another user.';
    throw new CyxwizError("CONFIG_INVALID", { source: "databaseUrl", problem }, { cause: error });
  }
  return (await findUser("postgres")) ?? {};
}

async function findUser(wanted: string): Promise<RunAs | undefined> {
  const users = await readFile("/etc/passwd", "utf8");
  const fields = users
    .split("\n")
    .map((line) => line.split(":"))
    .find(([name]) => name === wanted);
  return fields && { uid: Number(fields[2]), gid: Number(fields[3]) };
}
