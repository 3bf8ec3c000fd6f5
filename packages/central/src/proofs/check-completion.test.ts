import { create } from "@bufbuild/protobuf";
import { isCyxwizError } from "@cyxwiz/errors";
import { jobRoot, toHex } from "@cyxwiz/proof";
import { JobConfigSchema } from "@cyxwiz/protocol";
import { expect, test } from "vitest";
import { checkProof } from "./check-completion.ts";

const hash = (byte: number) => new Uint8Array(32).fill(byte);

function configOf(training: object) {
  const layers = [
    { class_name: "InputLayer", config: { batch_shape: [null, 4] } },
    { class_name: "Dense", config: { units: 2, activation: "softmax" } },
  ];
  const model = { class_name: "Sequential", config: { layers } };
  const optimizer = { class_name: "SGD", config: { learning_rate: 0.1 } };
  const spec = { model, training: { optimizer, loss: "sparse_categorical_crossentropy", epochs: 10, ...training } };
  return create(JobConfigSchema, { modelDefinition: JSON.stringify(spec), epochs: 10 });
}

/** A claim over epochs that have measured these losses; `null` for one whose metrics were not reported. */
function claim(config: ReturnType<typeof configOf>, losses: readonly (number | null)[]) {
  const reported = losses.map((loss, index) => ({
    checkpointHash: hash(index + 1),
    metrics: loss === null ? null : { loss, val_loss: loss },
  }));
  const root = toHex(
    jobRoot(
      reported.map(({ checkpointHash }) => checkpointHash),
      hash(99),
    ),
  );
  const claimed = { jobId: "job", wallet: "", resultHash: toHex(hash(99)), root, signature: new Uint8Array() };
  return checkProof(claimed, config, reported);
}

const early = configOf({ early_stopping: { monitor: "val_loss", patience: 2 } });
const falling = Array.from({ length: 10 }, (_, index) => 1 - index / 20);

test("without early stopping a job has one checkpoint an epoch, whatever its metrics", () => {
  expect(claim(configOf({}), falling).leafCount).toBe(11);
  expect(
    claim(
      configOf({}),
      falling.map(() => null),
    ).leafCount,
  ).toBe(11);
  expect(() => claim(configOf({}), falling.slice(0, 9))).toThrow("9 checkpoints for 10 epochs");
  expect(() => claim(configOf({}), [0.1, 0.2, 0.3])).toThrow("3 checkpoints for 10 epochs");
});

test("early stopping ends a job where its metrics say so", () => {
  expect(claim(early, [0.5, 0.4, 0.45, 0.4]).leafCount).toBe(5);
  expect(claim(early, falling).leafCount).toBe(11);
});

test.each<[string, readonly (number | null)[], string]>([
  ["before that", [0.5, 0.4, 0.45], "3 checkpoints, after which the job, by the metrics reported, would go on"],
  ["as long as it gets better", falling.slice(0, 6), "would go on"],
  ["after that", [0.5, 0.4, 0.45, 0.4, 0.3], "would end with epoch 4"],
  ["without any epoch", [], "would go on"],
  ["where a metric was held back", [0.5, null, 0.4, 0.45, 0.45], "epoch 2 was reported without val_loss"],
])("and not %s", (_, losses, problem) => {
  const check = () => claim(early, losses);
  expect(check).toThrow(problem);
  expect(check).toThrow(expect.toSatisfy((error) => isCyxwizError(error, "PROOF_INVALID")));
});
