import { type FileHandle, open } from "node:fs/promises";
import type { TrainingUpdate } from "@cyxwiz/protocol";
import type { CheckpointHistory } from "../jobs/kept-updates.ts";
import { checkpointSequence } from "../jobs/sequence.ts";
import { checkpointUpdate } from "../jobs/updates.ts";
import { linksPath, parseLinks } from "./link-journal.ts";

const BLOCK_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/** The checkpoints of a job as its links on disk tell them, also those of an earlier run of the node. */
export class LinkHistory implements CheckpointHistory {
  readonly #path: string;
  readonly #jobId: string;
  /** Where the line of each epoch ends, as far as was looked. */
  readonly #ends: number[] = [];

  constructor(dataDir: string, jobId: string) {
    this.#path = linksPath(dataDir, jobId);
    this.#jobId = jobId;
  }

  async read(first: number, last: number): Promise<readonly TrainingUpdate[]> {
    const file = await open(this.#path, "r").catch(() => undefined);
    if (!file) return [];
    try {
      await this.#look(file);
      const start = this.#ends[first - 1];
      const end = this.#ends[Math.min(last, this.#ends.length - 1)];
      if (start === undefined || end === undefined || end <= start) return [];
      const { buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
      return parseLinks(buffer.toString("utf8"), first).map((link) => {
        const update = checkpointUpdate(
          this.#jobId,
          link.timestampSeconds,
          link.epoch,
          link.checkpointHash,
          link.metrics,
        );
        update.sequence = checkpointSequence(link.epoch);
        return update;
      });
    } finally {
      await file.close();
    }
  }

  /** Finds the ends of the lines that were added since the last time. */
  async #look(file: FileHandle): Promise<void> {
    const block = Buffer.alloc(BLOCK_BYTES);
    for (let at = this.#ends.at(-1) ?? 0; ; ) {
      const { bytesRead } = await file.read(block, 0, block.length, at);
      if (bytesRead === 0) return;
      for (let index = block.indexOf(NEWLINE); index >= 0 && index < bytesRead; ) {
        this.#ends.push(at + index + 1);
        index = block.indexOf(NEWLINE, index + 1);
      }
      at += bytesRead;
    }
  }
}
