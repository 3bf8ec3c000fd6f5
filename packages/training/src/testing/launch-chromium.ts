import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import chromium, { inflate } from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";

/** A running Chromium, unpacked for this one use. */
export interface UnpackedChromium {
  readonly browser: Browser;
  close(): Promise<void>;
}

/**
 * Starts the Chromium that comes with npm, with the system's libraries or, where some are missing, its own. The package
 * unpacks to the temporary folder itself and uses whatever it finds there: half of it after a crash, or another
 * user's. A folder of our own has neither.
 */
export async function launchChromium(): Promise<UnpackedChromium> {
  const directory = await mkdtemp(join(tmpdir(), "cyxwiz-chromium-"));
  const before = process.env.TMPDIR;
  process.env.TMPDIR = directory;
  try {
    const browser = await launchFrom(directory);
    const close = async () => {
      await browser.close();
      await rm(directory, { recursive: true, force: true });
    };
    return { browser, close };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}

async function launchFrom(directory: string): Promise<Browser> {
  const executablePath = await chromium.executablePath();
  // The sandbox needs a user namespace, which containers and root do not have.
  const args = ["--no-sandbox", "--disable-gpu", "--headless=shell"];
  try {
    return await playwright.launch({ executablePath, args });
  } catch {
    const entry = fileURLToPath(import.meta.resolve("@sparticuz/chromium"));
    await inflate(join(dirname(entry), "..", "bin", "al2023.tar.br"));
    const libraries = join(directory, "al2023", "lib");
    return playwright.launch({ executablePath, args, env: { ...process.env, LD_LIBRARY_PATH: libraries } });
  }
}
