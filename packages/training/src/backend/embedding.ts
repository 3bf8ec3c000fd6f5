import type { LayerShape } from "../spec/infer-shapes.ts";
import type { Pass } from "./layers.ts";
import type { JaxArray } from "./load-jax.ts";

/**
 * Vectors for token numbers. Gathered rows that nothing is computed of before they are summed or reshaped have no
 * gradient inside a compiled step; the factor, which is 1 for every token there can be, sees to it that something is.
 */
export function embed({ jax, batch, weightsOf }: Pass, shape: LayerShape, x: JaxArray): JaxArray {
  const np = jax.numpy;
  const [embeddings] = weightsOf(shape) as [JaxArray];
  const [steps, width] = shape.output as [number, number];
  const tokens = x.reshape([batch * steps]);
  const one = np
    .greaterEqual(tokens.ref, 0)
    .astype(np.float32)
    .reshape([batch * steps, 1]);
  return np.take(embeddings, tokens.astype(np.int32), 0).mul(one).reshape([batch, steps, width]);
}
