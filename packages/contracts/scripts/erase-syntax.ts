import { dirname, join } from "node:path/posix";

/**
 * Makes a rendered file one that Node runs without a compiler: imports name the file they mean and say what is a
 * type, and enums, which types cannot simply be erased from, become constant objects with a type of the same name.
 *
 * It also hands the caller's program address on to the addresses that instructions derive by default; the renderer
 * would look for them under the default program.
 */
export function eraseSyntax(file: string, source: string, files: ReadonlySet<string>): string {
  return [
    (text: string) => nameImportedFiles(file, text, files),
    markTypeImports,
    replaceEnums,
    replaceEnumMemberTypes,
    keepMessages,
    (text: string) => (file.startsWith("instructions/") ? passProgramAddress(text) : text),
  ].reduce((text, step) => step(text), source);
}

function markTypeImports(source: string): string {
  return source.replace(/^import \{[^}]*\} from "\.\.\/pdas\/index\.ts";$/gm, (line) =>
    line.replace(/(\{ |, )(\w+Seeds)\b/g, "$1type $2"),
  );
}

function replaceEnumMemberTypes(source: string): string {
  return source.replace(/instructionType: (\w+)\.(\w+)(?=;?\s+\} &)/g, 'instructionType: (typeof $1)["$2"]');
}

/** Messages are for every environment; browsers have no `process` to ask for one. */
function keepMessages(source: string): string {
  return source
    .replace(/if \(process\.env\.NODE_ENV !== "production"\) \{\n([\s\S]*?)\n {0,2}\}\n/g, "$1\n")
    .replace(/^ +return "Error message not available in production bundles\.";\n/gm, "");
}

function passProgramAddress(source: string): string {
  return source.replace(/await find\w+Pda\(((?:[^()]|\([^()]*\))*)\)/g, (call, seeds: string) =>
    seeds.trim() === ""
      ? call.replace("()", "({ programAddress })")
      : `${call.slice(0, -1).replace(/,\s*$/, "")}, { programAddress })`,
  );
}

function nameImportedFiles(file: string, source: string, files: ReadonlySet<string>): string {
  return source.replace(/(from\s+["'])(\.[^"']*)(["'])/g, (whole, before: string, specifier: string, after: string) => {
    const target = join(dirname(file), specifier);
    for (const [path, suffix] of [
      [`${target}.ts`, ".ts"],
      [join(target, "index.ts"), `${specifier.endsWith("/") ? "" : "/"}index.ts`],
    ] as const) {
      if (files.has(path)) return `${before}${specifier}${suffix}${after}`;
    }
    throw new Error(`${file}: nothing to import at ${specifier} (${whole})`);
  });
}

function replaceEnums(source: string): string {
  return source.replace(/export enum (\w+) \{([^}]*)\}/g, (_, name: string, body: string) => {
    const members = body
      .split(",")
      .map((member) => member.trim())
      .filter((member) => member !== "")
      .map((member, index) => {
        const [key, value] = member.split("=").map((part) => part.trim());
        return [key, value ?? `${index}`];
      });
    return [
      // Names by number come first, as in what TypeScript makes of an enum: kit's codecs count on it.
      `export const ${name} = {`,
      ...members.map(([key, value]) => `  ${value}: "${key}",`),
      ...members.map(([key, value]) => `  ${key}: ${value},`),
      "} as {",
      ...members.map(([key, value]) => `  readonly ${key}: ${value};`),
      "};",
      `export type ${name} = (typeof ${name})[keyof typeof ${name}];`,
    ].join("\n");
  });
}
