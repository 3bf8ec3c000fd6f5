import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { writeWhole } from "@cyxwiz/protocol";
import { describe, type Logger } from "../util/log.ts";
import { datasetPath } from "./job-directory.ts";
import { type JobEnd, type JobRecord, writeJobRecord } from "./job-record.ts";
import { type KeptLink, LinkJournal } from "./link-journal.ts";
import { removeKept } from "./remove-kept.ts";
import type { StateStore } from "./state-store.ts";

/** Storing states may take this part of a job's time at most. */
const STORING_SHARE = 0.01;

export interface KeepOptions {
  readonly dataDir: string;
  readonly states: StateStore;
  /** States are kept of every so many epochs, or of fewer where that would take too much time. */
  readonly everyEpochs: number;
  /** A clock that only goes forward, in milliseconds. */
  readonly monotonicMs: () => number;
  readonly log: Logger;
}

/**
 * All that a node keeps of a job, so that any epoch can be trained again by somebody who doubts it, and by the node
 * itself after a crash: what was agreed, the data set, the links of the hash chain, and states to start from. A disk
 * that refuses costs just that; the job goes on.
 */
export class KeptJob {
  /** The links of an earlier run. */
  readonly known: readonly KeptLink[];
  readonly #options: KeepOptions;
  readonly #links: LinkJournal;
  readonly #log: Logger;
  #record: JobRecord;
  #whole: boolean;
  #storingDataset: Promise<void> | undefined;
  #storing: Promise<void> | undefined;
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  #givenUp = false;
  #over = false;

  private constructor(options: KeepOptions, record: JobRecord, known: readonly KeptLink[], whole: boolean) {
    this.#options = options;
    this.#record = record;
    this.known = known;
    this.#whole = whole;
    this.#links = new LinkJournal(options.dataDir, record.jobId);
    this.#log = options.log.child({ jobId: record.jobId });
  }

  /** Begins to keep a job; {@link keepDataset} or {@link datasetIsKept} makes it whole. */
  static begin(options: KeepOptions, record: JobRecord): KeptJob {
    const kept = new KeptJob(options, record, [], false);
    kept.#attempt("the job", () => writeJobRecord(options.dataDir, record));
    return kept;
  }

  /** Goes on with a job of an earlier run. */
  static reopen(options: KeepOptions, record: JobRecord): KeptJob {
    const links = new LinkJournal(options.dataDir, record.jobId);
    const known = links.read();
    const kept = new KeptJob(options, record, known, true);
    kept.#attempt("the links", () => links.mend(known));
    return kept;
  }

  get record(): JobRecord {
    return this.#record;
  }

  /** True when a node that starts again can go on with the job. */
  get resumable(): boolean {
    return this.#whole;
  }

  /** Never rejects. */
  async keepDataset(dataset: Uint8Array): Promise<void> {
    const path = this.datasetPath;
    this.#storingDataset = (async () => {
      await mkdir(dirname(path), { recursive: true });
      await writeWhole(path, dataset);
    })();
    try {
      await this.#storingDataset;
      this.#whole = !this.#over && !this.#givenUp;
    } catch (error) {
      await this.giveUp(error);
    }
  }

  /** The data set lies in its place already. */
  datasetIsKept(): void {
    this.#whole = !this.#over && !this.#givenUp;
  }

  /** Where the data set lies, as long as it is kept. */
  get datasetPath(): string {
    return datasetPath(this.#options.dataDir, this.#record.jobId);
  }

  /** Written at once, before anybody hears of the link. */
  keepLink(link: KeptLink): void {
    if (link.epoch < this.known.length || this.#givenUp) return;
    this.#attempt("a link", () => this.#links.append(link));
  }

  /** Resolves when all links are on the disk itself; never rejects. */
  async syncLinks(): Promise<void> {
    await this.#links.sync().catch((error: unknown) => this.giveUp(error));
  }

  /**
   * Keeps the state after an epoch, if it is the turn of that epoch. It is written meanwhile; a state that comes before
   * the last one is written is left out, and so is one that would make storing take more than its share of the time.
   */
  offerState(epoch: number, sha256: string, bytes: Uint8Array): void {
    const { everyEpochs, monotonicMs, states } = this.#options;
    const { jobId } = this.#record;
    const startedMs = monotonicMs();
    if (this.#storing || this.#givenUp || this.#over || epoch % everyEpochs !== 0 || startedMs < this.#notBeforeMs)
      return;
    this.#storing = states
      .put(jobId, { epoch, sha256, bytes })
      .catch((error: unknown) => this.#log.warn({ epoch, problem: describe(error) }, "a state could not be kept"))
      .finally(() => {
        const nowMs = monotonicMs();
        this.#notBeforeMs = nowMs + (nowMs - startedMs) * (1 / STORING_SHARE - 1);
        this.#storing = undefined;
      });
  }

  /** Resolves when nothing is being written. */
  async settled(): Promise<void> {
    await this.#storingDataset?.catch(() => undefined);
    await this.#storing;
  }

  /** Who may ask for the job from now on. */
  setTokenHashes(tokenHashes: readonly string[]): void {
    this.#update({ ...this.#record, tokenHashes });
  }

  /** The job is over. What a failed one has left nobody will ask for. */
  async end(ended: JobEnd): Promise<void> {
    this.#over = true;
    this.#whole = false;
    await this.settled();
    if (ended.phase === "failed") await removeKept(this.#options, this.#record.jobId);
    else this.#update({ ...this.#record, ended });
  }

  /** Gives back all the room that is taken: from here on the job can neither be replayed nor resumed. */
  async giveUp(cause: unknown): Promise<void> {
    if (this.#givenUp) return;
    this.#givenUp = true;
    this.#whole = false;
    this.#log.warn({ problem: describe(cause) }, "the job goes on, but can be neither replayed nor resumed");
    await this.settled();
    await removeKept(this.#options, this.#record.jobId);
  }

  #update(record: JobRecord): void {
    this.#record = record;
    if (!this.#givenUp) this.#attempt("the job", () => writeJobRecord(this.#options.dataDir, record));
  }

  #attempt(what: string, write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#log.warn({ what, problem: describe(error) }, "could not be written down");
      void this.giveUp(error);
    }
  }
}
