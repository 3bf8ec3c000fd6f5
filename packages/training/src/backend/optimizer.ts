import type { Optimizer } from "../spec/types.ts";
import type { JaxArray, JaxLibrary } from "./load-jax.ts";

/**
 * One optimiser step in Keras' formulas. Takes over all references.
 *
 * @param slots slot by slot (see `optimizerSlots`), each in the order of the weights.
 * @param rates scalars: the step's learning rate, for Adam already with the bias correction, which needs float64 (see
 * `StepSize`); and for AdamW the share that each weight loses.
 */
export function updateWeights(
  jax: JaxLibrary,
  optimizer: Optimizer,
  weights: readonly JaxArray[],
  gradients: readonly JaxArray[],
  slots: readonly JaxArray[],
  [learningRate, decay]: readonly [JaxArray, JaxArray?],
): { weights: JaxArray[]; slots: JaxArray[] } {
  const count = weights.length;
  const updated: JaxArray[] = [];
  const first: JaxArray[] = [];
  const second: JaxArray[] = [];
  weights.forEach((weight, index) => {
    const gradient = gradients[index] as JaxArray;
    const rate = learningRate.ref;
    if (optimizer.class_name === "Adam" || optimizer.class_name === "AdamW") {
      const { beta_1, beta_2, epsilon } = optimizer.config;
      const m = (slots[index] as JaxArray).mul(beta_1).add(gradient.ref.mul(1 - beta_1));
      const v = (slots[count + index] as JaxArray).mul(beta_2).add(gradient.ref.mul(gradient).mul(1 - beta_2));
      const kept = decay ? weight.ref.sub(weight.mul(decay.ref)) : weight;
      updated.push(kept.sub(m.ref.mul(rate).div(jax.numpy.sqrt(v.ref).add(epsilon))));
      first.push(m);
      second.push(v);
    } else if (optimizer.class_name === "RMSprop") {
      const { rho, epsilon } = optimizer.config;
      const velocity = (slots[index] as JaxArray).mul(rho).add(gradient.ref.mul(gradient.ref).mul(1 - rho));
      updated.push(weight.sub(gradient.mul(rate).div(jax.numpy.sqrt(velocity.ref.add(epsilon)))));
      first.push(velocity);
    } else if (optimizer.config.momentum > 0) {
      const { momentum, nesterov } = optimizer.config;
      const scaled = gradient.mul(rate);
      const velocity = (slots[index] as JaxArray).mul(momentum).sub(scaled.ref);
      if (nesterov) updated.push(weight.add(velocity.ref.mul(momentum)).sub(scaled));
      else {
        scaled.dispose();
        updated.push(weight.add(velocity.ref));
      }
      first.push(velocity);
    } else {
      updated.push(weight.sub(gradient.mul(rate)));
    }
  });
  learningRate.dispose();
  decay?.dispose();
  return { weights: updated, slots: [...first, ...second] };
}
