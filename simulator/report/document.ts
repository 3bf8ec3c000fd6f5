import type { Rules } from "../rules.ts";
import { SECTIONS } from "./sections.ts";

const MARKED = /(<!-- simulate: ([\w-]+) -->\n)[\s\S]*?(<!-- end -->)/g;

/** The document with every marked table reckoned anew. Throws RangeError for a mark that names none. */
export function fillIn(document: string, rules: Rules): string {
  return document.replace(MARKED, (_, begin: string, name: string, end: string) => {
    const section = SECTIONS[name];
    if (section === undefined) throw new RangeError(`there is no table "${name}"`);
    return `${begin}\n${section(rules)}\n\n${end}`;
  });
}

/** The names of the tables that a document has. */
export function tablesIn(document: string): string[] {
  return Array.from(document.matchAll(MARKED), ([, , name]) => name as string);
}
