import { appendFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { ReportedLink } from "../central-client/report.ts";
import { parameterOrder } from "../jobs/parameter-order.ts";
import { writeWholeSync } from "../util/write-whole-sync.ts";
import { jobDirectory } from "./job-directory.ts";

const FILE = "links.jsonl";
const hash = z.string().regex(/^[0-9a-f]{64}$/);

const schema = z.object({
  epoch: z.int().nonnegative(),
  stateHash: hash,
  metricsHash: hash.or(z.literal("")),
  timestampSeconds: z.int().nonnegative(),
  checkpointHash: hash,
  orders: z.array(parameterOrder).optional(),
  metrics: z.record(z.string(), z.number()),
});

/** A link of the hash chain with the metrics that it commits to. */
export interface KeptLink extends ReportedLink {
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * A job's chain, one line a link from epoch 0 on. Each is written before anybody hears of it: a link holds the time at
 * which it was made, so whoever trains the epoch again can make the same state, but not the same link.
 */
export class LinkJournal {
  readonly #path: string;
  #syncing: Promise<void> | undefined;
  #dirty = false;

  constructor(dataDir: string, jobId: string) {
    this.#path = linksPath(dataDir, jobId);
  }

  /** Written at once. Throws what the file system throws. */
  append(link: KeptLink): void {
    mkdirSync(dirname(this.#path), { recursive: true });
    appendFileSync(this.#path, `${JSON.stringify(link)}\n`, { mode: 0o600 });
    this.#dirty = true;
  }

  /** Resolves when all that was appended is on the disk itself; calls at the same time share the work. */
  async sync(): Promise<void> {
    while (this.#syncing) await this.#syncing;
    if (!this.#dirty) return;
    this.#dirty = false;
    this.#syncing = syncFile(this.#path).finally(() => {
      this.#syncing = undefined;
    });
    await this.#syncing;
  }

  /** All links in order, as far as they follow one another; none where nothing was written. */
  read(): KeptLink[] {
    return parseLinks(this.text(), 0);
  }

  /** Cuts off a line that was being written when the node was killed, so that what is appended starts a new one. */
  mend(links: readonly KeptLink[]): void {
    const text = links.map((link) => `${JSON.stringify(link)}\n`).join("");
    if (text !== this.text()) writeWholeSync(this.#path, text);
  }

  /** One JSON object a line. */
  text(): string {
    try {
      return readFileSync(this.#path, "utf8");
    } catch {
      return "";
    }
  }

  remove(): void {
    rmSync(this.#path, { force: true });
  }
}

/** Where a job's links lie. */
export function linksPath(dataDir: string, jobId: string): string {
  return join(jobDirectory(dataDir, jobId), FILE);
}

/** The links of some lines, from that of epoch `first` on, as far as they follow one another. */
export function parseLinks(lines: string, first: number): KeptLink[] {
  const links: KeptLink[] = [];
  for (const line of lines.split("\n")) {
    const link = parse(line);
    if (link?.epoch !== first + links.length) break;
    links.push(link);
  }
  return links;
}

function parse(line: string): KeptLink | undefined {
  try {
    return schema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
}
