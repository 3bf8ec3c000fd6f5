import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { CyxwizError } from "@cyxwiz/errors";

/** A certificate file's text; `undefined` where no file is named. Throws CONFIG_INVALID when it is none. */
export async function readPem(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const invalid = (problem: string, cause: unknown) =>
    new CyxwizError("CONFIG_INVALID", { source: path, problem }, { cause });
  const pem = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw invalid(cause.code === "ENOENT" ? "there is no such file" : `it cannot be read: ${cause.message}`, cause);
  });
  try {
    new X509Certificate(pem);
  } catch (cause) {
    throw invalid("it is no certificate in PEM form", cause);
  }
  return pem;
}
