import type { LayerShape } from "../spec/infer-shapes.ts";
import type { MultiHeadAttentionLayer } from "../spec/types.ts";
import type { Pass } from "./layers.ts";
import type { JaxArray } from "./load-jax.ts";

/** Added to the score of a place that may not be seen: its share after the softmax is exactly 0. */
const UNSEEN = -1e9;

/** Self-attention of a sequence, in Keras' formulas. Takes over the reference to `x`. */
export function attend(
  { jax, batch, weightsOf }: Pass,
  shape: LayerShape,
  { config }: MultiHeadAttentionLayer,
  x: JaxArray,
): JaxArray {
  const np = jax.numpy;
  const { num_heads: heads, key_dim: keyDim, value_dim: valueDim, use_bias: bias } = config;
  const [steps, width] = shape.input as [number, number];
  const weights = [...weightsOf(shape)];
  const rows = x.reshape([batch * steps, width]);
  const product = (input: JaxArray, from: number, to: number) => {
    const y = np.matmul(input, (weights.shift() as JaxArray).reshape([from, to]));
    return bias ? y.add((weights.shift() as JaxArray).reshape([to])) : y;
  };
  /** `[batch, steps, heads, depth]` */
  const part = (depth: number) => product(rows.ref, width, heads * depth).reshape([batch, steps, heads, depth]);
  const query = part(keyDim).mul(1 / Math.sqrt(keyDim));
  const key = part(keyDim);
  const value = part(valueDim);
  rows.dispose();
  // [batch, heads, steps, depth] × [batch, heads, depth, steps]
  let scores = np.matmul(query.transpose([0, 2, 1, 3]), key.transpose([0, 2, 3, 1]));
  if (config.use_causal_mask) {
    const places = np.arange(0, steps, 1, { dtype: np.float32 });
    const seen = np.greaterEqual(places.ref.reshape([steps, 1]), places.reshape([1, steps]));
    scores = scores.add(np.where(seen, 0, UNSEEN));
  }
  const mixed = np.matmul(jax.nn.softmax(scores, -1), value.transpose([0, 2, 1, 3]));
  const joined = mixed.transpose([0, 2, 1, 3]).reshape([batch * steps, heads * valueDim]);
  return product(joined, heads * valueDim, width).reshape([batch, steps, width]);
}
