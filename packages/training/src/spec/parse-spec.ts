import { trainingMemoryBytes } from "./estimate-work.ts";
import { Fields, invalid, show } from "./fields.ts";
import { inferShapes } from "./infer-shapes.ts";
import { SPEC_LIMITS } from "./limits.ts";
import { LAYER_NAMES, parseLayer } from "./parse-layer.ts";
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
  const spec = { model, training: parseTraining(training, job) };
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
  const list = config.raw("layers");
  if (!Array.isArray(list) || list.length === 0) {
    invalid(config.at("layers"), `expected a list of layers, got ${show(list)}.`);
  }
  if (list.length > SPEC_LIMITS.layers) {
    invalid(config.at("layers"), `${list.length} layers; the limit is ${SPEC_LIMITS.layers}.`);
  }
  config.end();

  const names = new Set<string>();
  const layers = list.map((entry, index) => {
    const path = `${config.at("layers")}[${index}]`;
    const layer = parseLayer(entry, path, (className) => freeName(className, names));
    if (names.has(layer.config.name)) invalid(`${path}.config.name`, `${show(layer.config.name)} is used twice.`);
    names.add(layer.config.name);
    return layer;
  });
  const [first, ...rest] = layers as [Layer, ...Layer[]];
  if (first.class_name !== "InputLayer") {
    invalid(`${config.at("layers")}[0]`, "the first layer must be an InputLayer with the batch_shape of the data.");
  }
  const model: SequentialModel = { class_name: "Sequential", config: { name, layers: [first, ...rest] } };
  if (inferShapes(model).parameters === 0) {
    const learning = LAYER_NAMES.filter((layer) => layer === "Dense" || layer === "Conv2D").join(" or ");
    invalid(config.at("layers"), `nothing to train: the model needs at least one ${learning}.`);
  }
  return model;
}

/** Keras' own naming: dense, dense_1, dense_2, … */
function freeName(className: string, taken: ReadonlySet<string>): string {
  const base = className.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toLowerCase();
  for (let index = 0; ; index++) {
    const name = index === 0 ? base : `${base}_${index}`;
    if (!taken.has(name)) return name;
  }
}

function checkOutput({ model, training }: TrainingSpec): void {
  const { output } = inferShapes(model);
  const last = model.config.layers.length - 1;
  const path = `model.config.layers[${last}]`;
  if (output.length !== 1)
    invalid(path, `the output must be flat, but has shape [${output}]. Put a Flatten before it.`);
  if (training.loss === "mean_squared_error") return;
  if ((output[0] as number) < 2) invalid(path, `${training.loss} needs at least 2 output units, one for each class.`);
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
    default:
      return last.class_name;
  }
}
