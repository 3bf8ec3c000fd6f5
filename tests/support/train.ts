import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Cluster, type Piece, type PieceEvent, spawnPiece } from "cyxwiz/testing";
import { directoryForTest } from "./cluster.ts";
import { threeClassesCsv } from "./data.ts";

/** Writes a small job, a three-class classifier on a CSV, and gives the job file's path. */
export async function smallJob(options: { epochs: number; rows?: number }): Promise<string> {
  const directory = await directoryForTest();
  await writeFile(join(directory, "data.csv"), threeClassesCsv(options.rows));
  const layers = [
    { class_name: "InputLayer", config: { batch_shape: [null, 8] } },
    { class_name: "Dense", config: { units: 16, activation: "relu" } },
    { class_name: "Dense", config: { units: 3, activation: "softmax" } },
  ];
  const job = {
    model: { class_name: "Sequential", config: { layers } },
    training: {
      optimizer: { class_name: "Adam", config: { learning_rate: 0.01 } },
      loss: "sparse_categorical_crossentropy",
      batch_size: 32,
      epochs: options.epochs,
      seed: 1,
    },
    data: { train: { path: "data.csv" } },
    output: "weights.safetensors",
  };
  const path = join(directory, "job.json");
  await writeFile(path, JSON.stringify(job));
  return path;
}

/** A running `cyxwiz train`. */
export interface Training {
  readonly piece: Piece;
  /** Everything it has printed so far. */
  readonly events: readonly PieceEvent[];
  /** The first event of this kind, now or later; rejects when the process ends without it. */
  event(kind: string): Promise<PieceEvent>;
}

/** Starts `cyxwiz train` with the cluster's engine wallet. */
export async function train(cluster: Cluster, jobPath: string, env: Record<string, string> = {}): Promise<Training> {
  const events: PieceEvent[] = [];
  const waiting = new Set<() => void>();
  const piece = await spawnPiece({
    name: "train",
    args: ["train", jobPath],
    env: { ...cluster.environment, ...env },
    logFile: join(cluster.dataDir, "train.log"),
    onEvent: (event) => {
      events.push(event);
      for (const check of waiting) check();
    },
  });
  return {
    piece,
    events,
    event: (kind) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const found = events.find(({ event }) => event === kind);
          if (!found) return;
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
        void piece.exited.then(() => reject(new Error(`ended without "${kind}": ${JSON.stringify(events.at(-1))}`)));
      }),
  };
}
