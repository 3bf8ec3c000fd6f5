import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { compileModel } from "../backend/compile-model.ts";
import { inferShapes } from "../spec/infer-shapes.ts";
import { LAYER_CASES, type LayerCase, layerCase } from "../testing/layer-cases.ts";

const PYTHON = process.env.CYXWIZ_PYTHON ?? "python3";
const SCRIPT = fileURLToPath(new URL("../testing/torch-gradients.py", import.meta.url));
const hasTorch = spawnSync(PYTHON, ["-c", "import torch"]).status === 0;
const reason = hasTorch ? "" : ` (skipped: ${PYTHON} has no torch; name one that has in CYXWIZ_PYTHON)`;

interface Solution {
  readonly loss: number;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

// Ties of relu and max are no matter here: random numbers do not meet them.
describe.skipIf(!hasTorch)(`against PyTorch in float64${reason}`, () => {
  test("loss and gradient of every layer agree to 1e-4", { timeout: 120_000 }, async () => {
    const cases = Object.entries(LAYER_CASES).map(([name, which]) => ({ name, ...layerCase(which, 0) }));
    const solved = spawnSync(PYTHON, [SCRIPT], {
      input: JSON.stringify(cases.map(asJson)),
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    expect(solved.stderr).not.toContain("Error");
    const solutions = JSON.parse(solved.stdout) as Solution[];
    expect(solutions).toHaveLength(cases.length);
    for (const [index, own] of cases.entries()) {
      const { loss, gradients } = solutions[index] as Solution;
      const { weights } = inferShapes(own.spec.model);
      const model = await compileModel(own.spec, own.weights, []);
      const found = model.trainStep(own.batch, [1], own.masks).loss;
      const after = model.readWeights();
      model.dispose();
      expect(Math.abs(found - loss), own.name).toBeLessThan(1e-4);
      for (const [at, { name, trainable }] of weights.entries()) {
        if (!trainable) continue;
        const before = own.weights[at] as Float32Array;
        const expected = gradients[name];
        expect(expected, `${own.name}: ${name}`).toHaveLength(before.length);
        const worst = before.reduce(
          (most, value, place) =>
            Math.max(most, Math.abs(value - (after[at]?.[place] as number) - (expected?.[place] as number))),
          0,
        );
        expect(worst, `${own.name}: ${name}`).toBeLessThan(1e-4);
      }
    }
  });
});

function asJson({ spec, batch, masks, weights }: LayerCase): object {
  const shapes = inferShapes(spec.model);
  return {
    layers: spec.model.config.layers,
    loss: spec.training.loss,
    input: shapes.input,
    features: Array.from(batch.features),
    targets: Array.from(batch.targets),
    masks: masks.map((mask) => Array.from(mask)),
    weights: Object.fromEntries(
      shapes.weights.map(({ name, shape }, index) => [name, { shape, data: Array.from(weights[index] ?? []) }]),
    ),
  };
}
