import type { Trainer } from "../replay/replay.ts";
import type { DatasetSource } from "./messages.ts";
import { trainInWorker } from "./train-in-worker.ts";

/**
 * Has a replay train in a thread of its own, so that whoever asks for it stays free for others.
 *
 * @param dataset the bytes or the file that the replay's data set was opened from
 */
export function trainerInWorker(dataset: DatasetSource): Trainer {
  return ({ dataset: _, ...run }) => trainInWorker({ ...run, dataset });
}
