import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { parseJobFile } from "./job-file.ts";

const example = await readFile(new URL("../../../../examples/mnist-mlp.json", import.meta.url), "utf8");
const changed = (change: object) => JSON.stringify({ ...JSON.parse(example), ...change });

test("a job file is read whole", () => {
  const job = parseJobFile(changed({ max_cost: "1.5", priority: "high", output: "w.safetensors" }), "job.json");
  expect(job).toMatchObject({ maxCost: 1_500_000_000n, priority: "high", output: "w.safetensors" });
  expect(job.spec.training.epochs).toBe(5);
});

test("what a job file gets wrong is named, with its place", () => {
  const cases: [text: string, code: string, message: RegExp][] = [
    ["{", "CONFIG_INVALID", /job\.json: it is not JSON/],
    ["[]", "CONFIG_INVALID", /job\.json/],
    [changed({ priority: "asap" }), "CONFIG_INVALID", /priority/],
    [changed({ max_cost: 2.5 }), "CONFIG_INVALID", /max_cost/],
    [changed({ max_cost: "0.0000000001" }), "CONFIG_INVALID", /max_cost/],
    [changed({ optimiser: {} }), "CONFIG_INVALID", /optimiser/],
    [changed({ data: { train: {} } }), "CONFIG_INVALID", /data/],
    [changed({ model: { class_name: "Functional" } }), "MODEL_INVALID", /class_name/],
  ];
  for (const [text, code, message] of cases) {
    const failure = (() => {
      try {
        return parseJobFile(text, "job.json");
      } catch (error) {
        return error;
      }
    })();
    expect(failure).toMatchObject({ code });
    expect(String(failure)).toMatch(message);
  }
});
