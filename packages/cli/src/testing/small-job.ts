import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { threeClassesCsv } from "./three-classes-csv.ts";

/** Writes a job that trains in a moment, a three-class classifier on a CSV, and gives the job file's path. */
export async function writeSmallJob(
  directory: string,
  { epochs = 2, rows = 300, batchSize = 32 }: { epochs?: number; rows?: number; batchSize?: number } = {},
): Promise<string> {
  await writeFile(join(directory, "data.csv"), threeClassesCsv(rows));
  const dense = (units: number, activation: string) => ({ class_name: "Dense", config: { units, activation } });
  const input = { class_name: "InputLayer", config: { batch_shape: [null, 8] } };
  const job = {
    model: { class_name: "Sequential", config: { layers: [input, dense(16, "relu"), dense(3, "softmax")] } },
    training: {
      optimizer: { class_name: "Adam", config: { learning_rate: 0.01 } },
      loss: "sparse_categorical_crossentropy",
      batch_size: batchSize,
      epochs,
      seed: 1,
    },
    data: { train: { path: "data.csv" }, test: { path: "data.csv" } },
    output: "weights.safetensors",
  };
  const path = join(directory, "job.json");
  await writeFile(path, JSON.stringify(job));
  return path;
}
