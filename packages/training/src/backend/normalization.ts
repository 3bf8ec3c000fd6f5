import type { LayerShape } from "../spec/infer-shapes.ts";
import { size } from "../spec/infer-shapes.ts";
import type { BatchNormalizationLayer, LayerNormalizationLayer } from "../spec/types.ts";
import type { Pass } from "./layers.ts";
import type { JaxArray } from "./load-jax.ts";

/** Normalises each place over its channels. Takes over the reference to `x`. */
export function layerNormalize(
  { jax, weightsOf }: Pass,
  shape: LayerShape,
  { config }: LayerNormalizationLayer,
  x: JaxArray,
): JaxArray {
  const np = jax.numpy;
  const mean = np.mean(x.ref, -1, { keepdims: true });
  const centered = x.sub(mean);
  const variance = np.mean(centered.ref.mul(centered.ref), -1, { keepdims: true });
  const y = centered.div(np.sqrt(variance.add(config.epsilon)));
  const weights = [...weightsOf(shape)];
  const scaled = config.scale ? y.mul(weights.shift() as JaxArray) : y;
  return config.center ? scaled.add(weights.shift() as JaxArray) : scaled;
}

/**
 * Normalises each channel: in training over the samples of the batch, padding left out, moving the running statistics
 * towards what is found; in evaluation by those. Takes over the reference to `x`.
 */
export function batchNormalize(
  pass: Pass,
  shape: LayerShape,
  { config }: BatchNormalizationLayer,
  x: JaxArray,
): JaxArray {
  const np = pass.jax.numpy;
  const weights = [...pass.weightsOf(shape)];
  const gamma = config.scale ? weights.shift() : undefined;
  const beta = config.center ? weights.shift() : undefined;
  const [movingMean, movingVariance] = weights as [JaxArray, JaxArray];
  const channels = shape.input.at(-1) as number;
  const places = size(shape.input) / channels;
  const rows = x.reshape([pass.batch * places, channels]);
  let centered: JaxArray;
  let variance: JaxArray;
  if (pass.rowShares) {
    const shares = pass.rowShares.ref
      .reshape([pass.batch, 1, 1])
      .mul(np.ones([1, places, 1]).mul(1 / places))
      .reshape([pass.batch * places, 1]);
    const mean = np.sum(rows.ref.mul(shares.ref), 0);
    centered = rows.sub(mean.ref);
    variance = np.sum(centered.ref.mul(centered.ref).mul(shares), 0);
    const moved = (old: JaxArray, found: JaxArray) => old.mul(config.momentum).add(found.mul(1 - config.momentum));
    pass.setStatistics(shape, [moved(movingMean, mean), moved(movingVariance, variance.ref)]);
  } else {
    centered = rows.sub(movingMean);
    variance = movingVariance;
  }
  const deviation = np.sqrt(variance.add(config.epsilon));
  const y = gamma ? centered.mul(gamma.div(deviation)) : centered.div(deviation);
  return (beta ? y.add(beta) : y).reshape([pass.batch, ...shape.input]);
}
