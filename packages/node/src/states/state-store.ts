import { statSync } from "node:fs";
import { mkdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { CyxwizError } from "@cyxwiz/errors";
import { writeWhole } from "@cyxwiz/protocol";
import { describe, type Logger } from "../util/log.ts";
import { chooseStateToDrop, leastMissed, MOST_STATES_OF_A_JOB } from "./choose-state-to-drop.ts";
import { jobDirectory, jobsOnDisk, namesIn } from "./job-directory.ts";
import { compress, parseStateFileName, type StateFile, stateFileName } from "./state-file.ts";

const DIRECTORY = "states";
/** Packing takes several times as long as writing; weights that use all of their bits give 8% for it, which is too little. */
const LEAST_GAIN = 0.1;

export interface StateStoreOptions {
  readonly dataDir: string;
  /** How much room the states of all jobs may take. */
  readonly budgetBytes: number;
  readonly nowMs: () => number;
  readonly log: Logger;
}

/**
 * Full training states as `jobs/<id>/states/<epoch>-<size>-<sha256>[.zst]`. A file has its name only once its bytes are
 * on the disk. Where the budget is reached, some are dropped; see `chooseStateToDrop`.
 */
export class StateStore {
  readonly #options: StateStoreOptions;
  /** In order of their epochs. */
  readonly #jobs = new Map<string, StateFile[]>();
  readonly #incompressible = new Set<string>();

  /** Finds what an earlier run has stored. */
  constructor(options: StateStoreOptions) {
    this.#options = options;
    for (const jobId of jobsOnDisk(options.dataDir)) {
      const states = namesIn(this.#directory(jobId)).flatMap((name) => this.#found(jobId, name));
      if (states.length > 0) this.#jobs.set(jobId, states.sort(byEpoch));
    }
  }

  /** A job's states, in order of their epochs. */
  list(jobId: string): readonly StateFile[] {
    return this.#jobs.get(jobId) ?? [];
  }

  /** All states of all jobs, in bytes on disk. */
  get storedBytes(): number {
    return [...this.#jobs.values()].flat().reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  }

  /**
   * Stores a state whole or not at all, and makes room for it.
   * Throws STORAGE_FAILED; what was stored before is still there then, but for what had to make room.
   *
   * @param state.sha256 of `bytes`, hex
   */
  async put(jobId: string, state: { epoch: number; sha256: string; bytes: Uint8Array }): Promise<void> {
    const { epoch, sha256, bytes } = state;
    const packed = await this.#pack(jobId, bytes);
    const name = stateFileName({ epoch, sha256, size: bytes.length, compressed: packed !== undefined });
    const content = packed ?? bytes;
    const directory = this.#directory(jobId);
    const path = join(directory, name);
    try {
      if (content.length > this.#options.budgetBytes) throw new Error("the budget for states is less than one takes");
      await this.#makeRoom(jobId, content.length);
      await mkdir(directory, { recursive: true });
      await writeWhole(path, content);
    } catch (error) {
      const cause = (error as NodeJS.ErrnoException).code ?? describe(error);
      throw new CyxwizError("STORAGE_FAILED", { what: `A state of job ${jobId}`, cause }, { cause: error });
    }
    const others = this.list(jobId).filter((other) => other.epoch !== epoch);
    const file = { path, epoch, sha256, size: bytes.length, compressed: packed !== undefined };
    const storedAtMs = this.#options.nowMs();
    this.#jobs.set(jobId, [...others, { ...file, storedBytes: content.length, storedAtMs }].sort(byEpoch));
    // Only now may what was the newest go.
    await this.#makeRoom(jobId, 0);
  }

  /** Removes all of a job's states. */
  async remove(jobId: string): Promise<void> {
    this.#jobs.delete(jobId);
    await rm(this.#directory(jobId), { recursive: true, force: true });
  }

  /** Removes one that turned out to be damaged. */
  async drop(jobId: string, file: StateFile): Promise<void> {
    const left = this.list(jobId).filter(({ path }) => path !== file.path);
    if (left.length > 0) this.#jobs.set(jobId, left);
    else this.#jobs.delete(jobId);
    await rm(file.path, { force: true });
    if (left.length === 0) await rmdir(this.#directory(jobId)).catch(() => undefined);
  }

  async #pack(jobId: string, bytes: Uint8Array): Promise<Uint8Array | undefined> {
    if (this.#incompressible.has(jobId)) return undefined;
    const packed = await compress(bytes);
    if (packed.length <= (1 - LEAST_GAIN) * bytes.length) return packed;
    // What the weights of a model are like does not change much.
    this.#incompressible.add(jobId);
    return undefined;
  }

  async #makeRoom(current: string, neededBytes: number): Promise<void> {
    while (this.list(current).length + Math.sign(neededBytes) > MOST_STATES_OF_A_JOB) {
      const state = leastMissed(this.list(current));
      if (!state) break;
      await this.drop(current, state);
    }
    while (this.storedBytes + neededBytes > this.#options.budgetBytes) {
      const found = chooseStateToDrop(this.#jobs, current);
      if (!found) return;
      await this.drop(found.jobId, found.state);
    }
  }

  #found(jobId: string, name: string): StateFile[] {
    const { log } = this.#options;
    const path = join(this.#directory(jobId), name);
    const known = parseStateFileName(name);
    try {
      const { size: storedBytes, mtimeMs: storedAtMs } = statSync(path);
      if (known && (known.compressed || known.size === storedBytes))
        return [{ path, ...known, storedBytes, storedAtMs }];
    } catch (error) {
      log.warn({ path, problem: describe(error) }, "a stored state cannot be read");
    }
    // Something cut off in the middle of being written.
    void rm(path, { force: true }).catch(() => undefined);
    return [];
  }

  #directory(jobId: string): string {
    return join(jobDirectory(this.#options.dataDir, jobId), DIRECTORY);
  }
}

function byEpoch(a: StateFile, b: StateFile): number {
  return a.epoch - b.epoch;
}
