/**
 * Renders the TypeScript clients of the programs from `programs/idl/*.json` into `src/generated/`.
 *
 * With `--check` it renders into a temporary folder and fails if the result differs from what is in the repository.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderVisitor } from "@codama/renderers-js";
import { createFromRoot } from "codama";
import { completeIdl } from "./complete-idl.ts";
import { eraseSyntax } from "./erase-syntax.ts";

const contracts = join(import.meta.dirname, "..");
const idlFolder = join(contracts, "../../programs/idl");
const generated = join(contracts, "src/generated");
const programs = {
  job_escrow: "job-escrow",
  node_registry: "node-registry",
  reputation_manager: "reputation-manager",
};

async function render(target: string): Promise<void> {
  for (const [idl, folder] of Object.entries(programs)) {
    const root = completeIdl(JSON.parse(await readFile(join(idlFolder, `${idl}.json`), "utf8")));
    const output = join(target, folder);
    await rm(output, { recursive: true, force: true });
    await createFromRoot(root).accept(
      renderVisitor(output, {
        deleteFolderBeforeRendering: true,
        formatCode: true,
        prettierOptions: { printWidth: 120 },
        syncPackageJson: false,
      }),
    );
    const files = await filesUnder(output);
    for (const file of files) {
      await writeFile(
        join(output, file),
        eraseSyntax(file, await readFile(join(output, file), "utf8"), new Set(files)),
      );
    }
  }
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

async function differences(fresh: string): Promise<string[]> {
  const [expected, actual] = await Promise.all([filesUnder(fresh), filesUnder(generated)]);
  const differing: string[] = [];
  for (const file of new Set([...expected, ...actual])) {
    const [left, right] = await Promise.all(
      [fresh, generated].map((folder) => readFile(join(folder, file), "utf8").catch(() => undefined)),
    );
    if (left !== right) differing.push(file);
  }
  return differing;
}

if (process.argv.includes("--check")) {
  const folder = await mkdtemp(join(tmpdir(), "cyxwiz-generated-"));
  try {
    await render(folder);
    const differing = await differences(folder);
    if (differing.length > 0) {
      console.error(`Out of date: ${differing.join(", ")}. Run "npm run generate -w packages/contracts".`);
      process.exitCode = 1;
    }
  } finally {
    await rm(folder, { recursive: true });
  }
} else {
  await render(generated);
}
