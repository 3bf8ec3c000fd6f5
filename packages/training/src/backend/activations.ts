import type { ActivationName } from "../spec/types.ts";
import type { JaxArray, JaxLibrary } from "./load-jax.ts";

/** Applies an activation; takes over the reference to `x`. */
export function activate(jax: JaxLibrary, name: ActivationName, x: JaxArray, slope?: number): JaxArray {
  const { nn, numpy: np } = jax;
  switch (name) {
    case "linear":
      return x;
    case "relu":
      return nn.relu(x);
    case "leaky_relu":
      return nn.leakyRelu(x, slope ?? 0.2);
    case "elu":
      return nn.elu(x, slope ?? 1);
    case "silu":
      return nn.silu(x);
    case "gelu":
      return nn.gelu(x, { approximate: false });
    case "sigmoid":
      return nn.sigmoid(x);
    case "tanh":
      return np.tanh(x);
    case "softmax":
      return nn.softmax(x, -1);
  }
}
