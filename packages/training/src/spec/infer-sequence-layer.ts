import { invalid } from "./fields.ts";
import {
  CURVE_FLOPS,
  type LayerShape,
  LOOK_UP_FLOPS,
  SOFTMAX_FLOPS,
  shaped,
  type WeightShape,
  weight,
} from "./layer-shape.ts";
import { SPEC_LIMITS } from "./limits.ts";
import type { EmbeddingLayer, GRULayer, LSTMLayer, MultiHeadAttentionLayer } from "./types.ts";

/** Numbers of tokens become vectors: rows that are looked up, and in training summed up again. */
export function inferEmbedding(layer: EmbeddingLayer, input: readonly number[], path: string): LayerShape {
  const { input_dim: words, output_dim: width, embeddings_initializer } = layer.config;
  const [steps] = input as [number];
  if (input.length !== 1) invalid(path, `Embedding takes a row of token numbers, but gets shape [${input}].`);
  if (!path.endsWith("model.config.layers[1]")) {
    invalid(path, "Embedding takes token numbers, so it can only come right after the InputLayer.");
  }
  const weights = [weight(layer, "embeddings", [words, width], embeddings_initializer)];
  return shaped(layer, input, [steps, width], LOOK_UP_FLOPS * steps * width, weights, 4);
}

/** Self-attention: four products with weights, and two of every place with every other. */
export function inferAttention(
  layer: MultiHeadAttentionLayer,
  input: readonly [number, number],
  path: string,
): LayerShape {
  const [steps, width] = input;
  const { num_heads: heads, key_dim: keyDim, value_dim: valueDim, use_bias: bias } = layer.config;
  const { kernel_initializer, bias_initializer } = layer.config;
  const scores = heads * steps * steps;
  checkValues(scores, path);
  const part = (name: string, depth: number): readonly WeightShape[] => [
    weight(layer, `${name}/kernel`, [width, heads, depth], kernel_initializer, { fans: [width, heads * depth] }),
    ...(bias ? [weight(layer, `${name}/bias`, [heads, depth], bias_initializer)] : []),
  ];
  const fans = [heads * valueDim, width] as const;
  const weights = [
    ...part("query", keyDim),
    ...part("key", keyDim),
    ...part("value", valueDim),
    weight(layer, "attention_output/kernel", [heads, valueDim, width], kernel_initializer, { fans }),
    ...(bias ? [weight(layer, "attention_output/bias", [width], bias_initializer)] : []),
  ];
  const depth = 2 * heads * keyDim + 2 * heads * valueDim;
  const flops = 2 * steps * width * depth + 2 * scores * (keyDim + valueDim) + SOFTMAX_FLOPS * scores;
  const entry = shaped(layer, input, input, flops, weights);
  return { ...entry, held: entry.held + 4 * steps * depth + 12 * scores };
}

/** A recurrent layer: every step of the sequence is a layer of its own that shares its weights with the others. */
export function inferRecurrent(layer: LSTMLayer | GRULayer, input: readonly [number, number]): LayerShape {
  const [steps, width] = input;
  const { units, use_bias: bias, return_sequences: all } = layer.config;
  const { kernel_initializer, recurrent_initializer, bias_initializer } = layer.config;
  const gates = (layer.class_name === "LSTM" ? 4 : 3) * units;
  // GRU has one bias for what comes in and one for what comes back.
  const biasShape = layer.class_name === "LSTM" ? [gates] : [2, gates];
  const opensForget = layer.class_name === "LSTM" && layer.config.unit_forget_bias;
  const weights = [
    weight(layer, "kernel", [width, gates], kernel_initializer),
    weight(layer, "recurrent_kernel", [units, gates], recurrent_initializer),
    ...(bias ? [weight(layer, "bias", biasShape, opensForget ? "forget_gate_ones" : bias_initializer)] : []),
  ];
  const flops = steps * gates * (2 * (width + units) + CURVE_FLOPS);
  const entry = shaped(layer, input, all ? [steps, units] : [units], flops, weights);
  return { ...entry, held: entry.held + steps * (8 * gates + 8 * units) };
}

function checkValues(values: number, path: string): void {
  if (values > SPEC_LIMITS.sampleValues) {
    invalid(path, `one sample needs ${values} values inside of it; the limit is ${SPEC_LIMITS.sampleValues}.`);
  }
}
