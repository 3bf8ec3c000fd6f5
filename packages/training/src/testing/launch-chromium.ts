import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import chromium, { inflate } from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";

/** Starts the Chromium that comes with npm, with the system's libraries or, where some are missing, its own. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = await chromium.executablePath();
  // The sandbox needs a user namespace, which containers and root do not have.
  const args = ["--no-sandbox", "--disable-gpu", "--headless=shell"];
  try {
    return await playwright.launch({ executablePath, args });
  } catch {
    const libraries = join(tmpdir(), "al2023", "lib");
    if (!existsSync(libraries)) {
      const entry = fileURLToPath(import.meta.resolve("@sparticuz/chromium"));
      await inflate(join(dirname(entry), "..", "bin", "al2023.tar.br"));
    }
    return playwright.launch({ executablePath, args, env: { ...process.env, LD_LIBRARY_PATH: libraries } });
  }
}
