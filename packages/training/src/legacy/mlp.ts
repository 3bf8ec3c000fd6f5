import { Fields, invalid, show } from "../spec/fields.ts";
import { SPEC_LIMITS } from "../spec/limits.ts";
import { ACTIVATIONS } from "../spec/types.ts";

/** A translated model: layers in Keras' shape and the loss that goes with them. */
export interface LegacyModel {
  readonly layers: readonly object[];
  readonly loss: string;
}

const SIZE = { min: 1, max: SPEC_LIMITS.dimension };

/** `{"type":"mlp","input_size":n,"output_size":n,"hidden_layers":[…],"activation":…,"output_activation":…}` */
export function translateMlp(json: unknown): LegacyModel {
  const fields = new Fields(json, "model_definition");
  fields.oneOf("type", ["mlp"]);
  const input = fields.integer("input_size", SIZE);
  const output = fields.integer("output_size", SIZE);
  const hidden = sizes(fields, "hidden_layers", 0);
  const names = ["none", "swish", ...ACTIVATIONS] as const;
  const activation = fields.oneOf("activation", names, "relu");
  const last = fields.oneOf("output_activation", names, output > 1 ? "softmax" : "linear");
  fields.end();
  const classes = last === "softmax" || ((last === "linear" || last === "none") && output > 1);
  return mlp([input, ...hidden, output], activation, last, classes);
}

/** `{"architecture":"MLP","layers":[784,256,128,10]}`: ReLU between the layers, classes at the end. */
export function translateArchitecture(json: unknown): LegacyModel {
  const fields = new Fields(json, "model_definition");
  fields.oneOf("architecture", ["MLP"]);
  const layers = sizes(fields, "layers", 2);
  fields.end();
  const classes = (layers.at(-1) as number) > 1;
  return mlp(layers, "relu", classes ? "softmax" : "linear", classes);
}

function mlp(sizes: readonly number[], activation: string, last: string, classes: boolean): LegacyModel {
  const name = (text: string) => (text === "none" ? "linear" : text === "swish" ? "silu" : text);
  const [input, ...units] = sizes;
  return {
    layers: [
      { class_name: "InputLayer", config: { batch_shape: [null, input] } },
      ...units.map((count, index) => ({
        class_name: "Dense",
        config: { units: count, activation: name(index === units.length - 1 ? last : activation) },
      })),
    ],
    loss: classes ? "sparse_categorical_crossentropy" : "mean_squared_error",
  };
}

function sizes(fields: Fields, key: string, least: number): readonly number[] {
  const value = fields.raw(key) ?? (least === 0 ? [] : undefined);
  const valid =
    Array.isArray(value) &&
    value.length >= least &&
    value.length < SPEC_LIMITS.layers &&
    value.every((entry) => Number.isSafeInteger(entry) && entry >= 1 && entry <= SPEC_LIMITS.dimension);
  if (!valid) invalid(fields.at(key), `expected a list of at least ${least} whole numbers from 1, got ${show(value)}.`);
  return value;
}
