import type { LayerShape } from "../spec/infer-shapes.ts";
import { activate } from "./activations.ts";
import { attend } from "./attention.ts";
import { convolve, maxPool } from "./convolution.ts";
import { embed } from "./embedding.ts";
import type { JaxArray, JaxLibrary } from "./load-jax.ts";
import { batchNormalize, layerNormalize } from "./normalization.ts";
import { recur } from "./recurrence.ts";

/** One pass through the model, forward. */
export interface Pass {
  readonly jax: JaxLibrary;
  readonly batch: number;
  /** The weights of a layer, as `toBackendLayout` leaves them; the references pass to the layer. */
  weightsOf(shape: LayerShape): readonly JaxArray[];
  /** The next Dropout layer's mask: 0, or 1 / (1 − rate). Absent in evaluation. */
  nextMask(): JaxArray | undefined;
  /** In training: each row's share of a mean over the batch, `[batch]`, 0 for padding. To be borrowed. */
  readonly rowShares?: JaxArray | undefined;
  /** In training: takes the new values of a layer's running statistics, in the order of its weights. */
  setStatistics(shape: LayerShape, values: readonly JaxArray[]): void;
}

/**
 * One layer's forward pass; takes over the reference to `x`.
 *
 * @param skipActivation the last activation is left to the loss, which needs logits.
 */
export function applyLayer(pass: Pass, shape: LayerShape, x: JaxArray, skipActivation: boolean): JaxArray {
  const { jax, batch } = pass;
  const { layer, input, output } = shape;
  const finish = (y: JaxArray, activation: Parameters<typeof activate>[1], slope?: number) =>
    skipActivation ? y : activate(jax, activation, y, slope);
  switch (layer.class_name) {
    case "InputLayer":
      return x;
    case "Rescaling":
      return x.mul(layer.config.scale).add(layer.config.offset);
    case "Dense": {
      const [kernel, bias] = pass.weightsOf(shape) as [JaxArray, JaxArray?];
      const [steps, width] = input as [number, number?];
      const rows = width === undefined ? x : x.reshape([batch * steps, width]);
      const product = jax.numpy.matmul(rows, kernel.transpose());
      const y = width === undefined ? product : product.reshape([batch, ...output]);
      return finish(bias ? y.add(bias) : y, layer.config.activation);
    }
    case "Conv2D":
      return finish(convolve(jax, layer, input, output, x, batch, pass.weightsOf(shape)), layer.config.activation);
    case "MaxPooling2D":
      return maxPool(jax, layer, input, output, x, batch);
    case "GlobalAveragePooling1D":
      return jax.numpy.mean(x, 1);
    case "GlobalAveragePooling2D":
      return jax.numpy.mean(x, [1, 2]);
    case "Flatten":
      return x.reshape([batch, ...output]);
    case "Dropout": {
      const mask = pass.nextMask();
      return mask ? x.mul(mask) : x;
    }
    case "Activation":
      return finish(x, layer.config.activation);
    case "ReLU":
      return finish(x, "relu");
    case "LeakyReLU":
      return finish(x, "leaky_relu", layer.config.negative_slope);
    case "ELU":
      return finish(x, "elu", layer.config.alpha);
    case "Softmax":
      return finish(x, "softmax");
    case "BatchNormalization":
      return batchNormalize(pass, shape, layer, x);
    case "LayerNormalization":
      return layerNormalize(pass, shape, layer, x);
    case "Embedding":
      return embed(pass, shape, x);
    case "PositionEmbedding": {
      const [embeddings] = pass.weightsOf(shape) as [JaxArray];
      return x.add(embeddings);
    }
    case "MultiHeadAttention":
      return attend(pass, shape, layer, x);
    case "LSTM":
    case "GRU":
      return recur(pass, shape, layer, x);
    case "Residual": {
      let y = x.ref;
      for (const inner of shape.layers ?? []) y = applyLayer(pass, inner, y, false);
      return x.add(y);
    }
  }
}
