import { trainingMemoryBytes } from "./estimate-work.ts";
import { Fields, invalid } from "./fields.ts";
import { inferShapes } from "./infer-shapes.ts";
import { SPEC_LIMITS } from "./limits.ts";
import { parseLayers } from "./parse-layer.ts";
import { type JobSettings, parseTraining } from "./parse-training.ts";
import type { Layer, SequentialModel, TrainingSpec } from "./types.ts";

/**
 * Reads a training spec strictly and fills in every default; checks shapes and limits, so that what it returns can
 * be trained as far as a spec alone can tell.
 *
 * @param job settings that stand outside the spec; they fill gaps and must not contradict it.
 * @throws CyxwizError `MODEL_INVALID` naming the path and what is allowed there.
 * @example
 * const spec = parseTrainingSpec(JSON.parse(text), { epochs: 3 });
 */
export function parseTrainingSpec(json: unknown, job: JobSettings = {}): TrainingSpec {
  const fields = new Fields(json, "spec");
  const model = parseModel(fields.raw("model"));
  const training = new Fields(fields.raw("training"), "training");
  fields.end();
  const spec = { model, training: parseTraining(training, job, inferShapes(model).output) };
  checkOutput(spec);
  const bytes = trainingMemoryBytes(spec);
  if (bytes > SPEC_LIMITS.memoryBytes) {
    const mebibytes = (value: number) => Math.ceil(value / 1024 ** 2);
    const problem = `needs about ${mebibytes(bytes)} MiB; the limit is ${mebibytes(SPEC_LIMITS.memoryBytes)} MiB.`;
    invalid("training.batch_size", `the model with this batch size ${problem}`);
  }
  return spec;
}

function parseModel(json: unknown): SequentialModel {
  const fields = new Fields(json, "model");
  fields.oneOf("class_name", ["Sequential"]);
  fields.ignore("module", "registered_name", "build_config", "compile_config", "keras_version", "backend");
  const config = fields.object("config");
  fields.end();
  const name = config.string("name", "sequential");
  config.only("trainable", true);
  config.ignore("dtype", "build_input_shape");
  const layers = parseLayers(config.raw("layers"), config.at("layers"));
  config.end();
  const [first, ...rest] = layers as [Layer, ...Layer[]];
  if (first.class_name !== "InputLayer") {
    invalid(`${config.at("layers")}[0]`, "the first layer must be an InputLayer with the batch_shape of the data.");
  }
  const model: SequentialModel = { class_name: "Sequential", config: { name, layers: [first, ...rest] } };
  if (!inferShapes(model).weights.some(({ trainable }) => trainable)) {
    invalid(config.at("layers"), "nothing to train: the model needs at least one layer with weights, such as Dense.");
  }
  return model;
}

function checkOutput({ model, training }: TrainingSpec): void {
  const { output } = inferShapes(model);
  const last = model.config.layers.length - 1;
  const path = `model.config.layers[${last}]`;
  const sequence = output.length === 2 && training.loss === "sparse_categorical_crossentropy";
  if (output.length !== 1 && !sequence) {
    invalid(path, `the output must be flat, but has shape [${output}]. Put a Flatten before it.`);
  }
  if (training.loss === "mean_squared_error") return;
  if ((output.at(-1) as number) < 2)
    invalid(path, `${training.loss} needs at least 2 output units, one for each class.`);
  const activation = outputActivation(model);
  if (activation !== "linear" && activation !== "softmax") {
    invalid(path, `${training.loss} needs a last layer with softmax or linear (logits), not ${activation}.`);
  }
}

/** What the model applies last: the name of an activation, or of a layer that is none. */
function outputActivation(model: SequentialModel): string {
  const { layers } = model.config;
  const last = layers.findLast((layer) => layer.class_name !== "Flatten") as Layer;
  switch (last.class_name) {
    case "Dense":
    case "Conv2D":
    case "Activation":
    case "Softmax": {
      const activation = last.class_name === "Softmax" ? "softmax" : last.config.activation;
      return activation === "softmax" && last !== layers.at(-1) ? "softmax before Flatten" : activation;
    }
    // What it pools has had its activation; what comes out can serve as logits.
    case "GlobalAveragePooling1D":
    case "GlobalAveragePooling2D":
      return "linear";
    default:
      return last.class_name;
  }
}
