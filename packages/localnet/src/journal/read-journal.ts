import { createReadStream } from "node:fs";
import { truncate } from "node:fs/promises";
import { CyxwizError } from "@cyxwiz/errors";
import type { Entry } from "./entry.ts";
import { decodeLine } from "./line.ts";

/**
 * Reads a journal from its start. A last line that isn't whole is what a crash in the middle of a write leaves: it is
 * cut off. Anything else that isn't whole is damage, and nothing is guessed.
 *
 * @throws CyxwizError LOCALNET_JOURNAL_DAMAGED
 */
export async function* readJournal(path: string): AsyncIterable<Entry> {
  let rest: Buffer = Buffer.alloc(0);
  let wholeBytes = 0;
  let torn = false;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    let start = 0;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, start)) {
      const entry = decodeLine(rest.toString("utf8", start, end));
      if (torn) throw new CyxwizError("LOCALNET_JOURNAL_DAMAGED", { path, offset: wholeBytes });
      if (entry === undefined) torn = true;
      else {
        yield entry;
        wholeBytes += end + 1 - start;
      }
      start = end + 1;
    }
    rest = rest.subarray(start);
  }
  if (torn && rest.length > 0) throw new CyxwizError("LOCALNET_JOURNAL_DAMAGED", { path, offset: wholeBytes });
  if (torn || rest.length > 0) await truncate(path, wholeBytes);
}
