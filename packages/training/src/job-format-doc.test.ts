import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseDataSpec } from "./files/load-dataset.ts";
import { SPEC_LIMITS } from "./index.ts";
import { parseModelDefinition } from "./legacy/parse-model-definition.ts";
import { LAYER_NAMES } from "./spec/parse-layer.ts";

const text = readFileSync(new URL("../../../docs/job-format.md", import.meta.url), "utf8");
const blocks = [...text.matchAll(/^ *```json\n([\s\S]*?)^ *```/gm)].map((match) => JSON.parse(match[1] as string));

test("every example of the job format is read as it stands", () => {
  expect(blocks.length).toBeGreaterThanOrEqual(7);
  for (const block of blocks) {
    if ("model" in block) parseModelDefinition(JSON.stringify({ model: block.model, training: block.training }));
    else if ("nodes" in block) parseModelDefinition(JSON.stringify(block));
    else parseDataSpec(block);
  }
  for (const inline of text.matchAll(/`(\{"(?:type|architecture)".*?\})`/g)) parseModelDefinition(inline[1] as string);
  expect(() => parseDataSpec(blocks[0].data)).not.toThrow();
});

test("the job format names every layer and the limits as they are", () => {
  for (const name of LAYER_NAMES) expect(text).toContain(`\`${name}\``);
  for (const limit of [
    SPEC_LIMITS.parameters,
    SPEC_LIMITS.dimension,
    SPEC_LIMITS.sampleValues,
    SPEC_LIMITS.batchSize,
    SPEC_LIMITS.epochs,
  ]) {
    expect(text).toContain(limit.toLocaleString("en-US"));
  }
});
