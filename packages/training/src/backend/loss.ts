import type { LossName } from "../spec/types.ts";
import type { JaxArray, JaxLibrary } from "./load-jax.ts";

/**
 * The loss of each sample, `[batch]`; over a sequence the mean of its places. Cross-entropy takes logits and is computed from the log-softmax, by product
 * with the targets: a gather has no gradient inside a compiled step.
 */
export function perSampleLoss(jax: JaxLibrary, loss: LossName, outputs: JaxArray, targets: JaxArray): JaxArray {
  const { nn, numpy: np } = jax;
  if (loss === "mean_squared_error") {
    const difference = outputs.sub(targets);
    return np.mean(difference.ref.mul(difference), 1);
  }
  const sequence = outputs.ndim === 3;
  const perRow = np.sum(nn.logSoftmax(outputs, -1).mul(targets), sequence ? 2 : 1).neg();
  return sequence ? np.mean(perRow, 1) : perRow;
}
