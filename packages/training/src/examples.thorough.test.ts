import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { checkDataset } from "./data/check-dataset.ts";
import { openDataset } from "./data/dataset.ts";
import { loadDataset } from "./files/load-dataset.ts";
import { parseTrainingSpec } from "./spec/parse-spec.ts";
import { train } from "./trainer/train.ts";

const EXAMPLES = fileURLToPath(new URL("../../../examples/", import.meta.url));
const names = globSync("*.json", { cwd: EXAMPLES }).sort();

async function load(name: string, training: object = {}) {
  const job = JSON.parse(readFileSync(`${EXAMPLES}${name}`, "utf8"));
  const spec = parseTrainingSpec({ model: job.model, training: { ...job.training, ...training } });
  const { bytes } = await loadDataset(job.data, EXAMPLES);
  return { spec, dataset: openDataset(bytes) };
}

test.each(names)("the example %s fits its data", async (name) => {
  const { spec, dataset } = await load(name);
  expect(() => checkDataset(dataset, spec)).not.toThrow();
});

test("the examples are those that are documented", () => {
  expect(names).toEqual(["char-transformer.json", "mnist-cnn.json", "mnist-mlp.json", "text-classification.json"]);
});

test("the languages are told apart after two epochs", { timeout: 120_000 }, async () => {
  let accuracy: number | undefined;
  for await (const event of train(await load("text-classification.json", { epochs: 2 }))) {
    if (event.type === "done") accuracy = event.metrics.val_accuracy;
  }
  expect(accuracy).toBeGreaterThan(0.7);
});

test("the transformer learns more than which letters are frequent", { timeout: 120_000 }, async () => {
  let loss: number | undefined;
  for await (const event of train(await load("char-transformer.json", { epochs: 2 }))) {
    if (event.type === "done") loss = event.metrics.val_loss;
  }
  // Every letter with its own frequency gives 3.55.
  expect(loss).toBeLessThan(3.45);
});
