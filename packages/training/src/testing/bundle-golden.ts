import { build } from "esbuild";

/** The package's pure part and the golden jobs, as one script for a page. Fails on whatever needs Node. */
export async function bundleGolden(): Promise<string> {
  const result = await build({
    entryPoints: [new URL("./golden-entry.ts", import.meta.url).pathname],
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
    logLevel: "silent",
  });
  return result.outputFiles[0]?.text as string;
}
