import { crc32 } from "node:zlib";
import type { Entry } from "./entry.ts";

/** One entry as a line: a checksum, so that a half-written line can't pass for a whole one, then JSON. */
export function encodeLine(entry: Entry): string {
  const json = JSON.stringify(entry);
  return `${crc32(json).toString(16).padStart(8, "0")} ${json}\n`;
}

/** The entry in a line (without its line feed), or `undefined` if the line isn't whole. */
export function decodeLine(line: string): Entry | undefined {
  const json = line.slice(9);
  if (line[8] !== " " || crc32(json).toString(16).padStart(8, "0") !== line.slice(0, 8)) return undefined;
  return JSON.parse(json) as Entry;
}
