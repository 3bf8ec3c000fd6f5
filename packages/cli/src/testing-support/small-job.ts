import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Writes a job that trains in a moment: 300 points in two classes that a line divides. Gives the job file's path. */
export async function writeSmallJob(directory: string, epochs = 2): Promise<string> {
  const rows = Array.from({ length: 300 }, (_, index) => {
    const [x, y] = [Math.sin(index * 12.9898), Math.cos(index * 78.233)];
    return `${x.toFixed(6)},${y.toFixed(6)},${x + y > 0 ? 1 : 0}`;
  });
  await writeFile(join(directory, "points.csv"), `x,y,class\n${rows.join("\n")}\n`);
  const dense = (units: number, activation: string) => ({ class_name: "Dense", config: { units, activation } });
  const job = {
    model: {
      class_name: "Sequential",
      config: {
        layers: [
          { class_name: "InputLayer", config: { batch_shape: [null, 2] } },
          dense(16, "relu"),
          dense(2, "softmax"),
        ],
      },
    },
    training: {
      optimizer: { class_name: "Adam", config: { learning_rate: 0.01 } },
      loss: "sparse_categorical_crossentropy",
      batch_size: 32,
      epochs,
      seed: 1,
    },
    data: { train: { path: "points.csv", label: "class" }, test: { path: "points.csv", label: "class" } },
    output: "points.safetensors",
  };
  const path = join(directory, "job.json");
  await writeFile(path, JSON.stringify(job));
  return path;
}
