import type { LayerShape } from "../spec/infer-shapes.ts";
import type { ActivationName, GRULayer, LSTMLayer } from "../spec/types.ts";
import { activate } from "./activations.ts";
import type { Pass } from "./layers.ts";
import type { JaxArray } from "./load-jax.ts";

/** What a step takes over to the next. */
interface Memory {
  readonly output: JaxArray;
  /** Of an LSTM. */
  readonly cell?: JaxArray;
}

/**
 * A recurrent layer in Keras' formulas, unrolled: the library has no loop inside a compiled step. Each step multiplies
 * its own place of the input; one product for all places would cost a gradient of the whole sequence a step. The
 * memory starts as zeros, so the first step has nothing to multiply it with. Takes over the reference to `x`.
 */
export function recur(pass: Pass, shape: LayerShape, layer: LSTMLayer | GRULayer, x: JaxArray): JaxArray {
  const np = pass.jax.numpy;
  const steps = shape.input[0] as number;
  const weights = pass.weightsOf(shape);
  const next = layer.class_name === "LSTM" ? lstmStep(pass, layer, weights) : gruStep(pass, layer, weights);
  const outputs: JaxArray[] = [];
  let memory: Memory | undefined;
  for (let step = 0; step < steps; step++) {
    const input = (step === steps - 1 ? x : x.ref).slice([], step, []);
    memory = next(input, memory);
    if (layer.config.return_sequences) outputs.push(memory.output.ref);
  }
  for (const weight of weights) weight.dispose();
  memory?.cell?.dispose();
  if (!layer.config.return_sequences) return memory?.output as JaxArray;
  memory?.output.dispose();
  return np.stack(outputs, 1);
}

type Step = (input: JaxArray, memory: Memory | undefined) => Memory;

function lstmStep({ jax }: Pass, { config }: LSTMLayer, weights: readonly JaxArray[]): Step {
  const np = jax.numpy;
  const { units } = config;
  const [kernel, recurrentKernel, bias] = weights as [JaxArray, JaxArray, JaxArray?];
  const act = (name: ActivationName, y: JaxArray) => activate(jax, name, y);
  return (input, memory) => {
    let sums = np.matmul(input, kernel.ref.transpose());
    if (memory) sums = sums.add(np.matmul(memory.output, recurrentKernel.ref.transpose()));
    if (bias) sums = sums.add(bias.ref);
    const gate = (index: number, name: ActivationName) =>
      act(name, sums.ref.slice([], [index * units, (index + 1) * units]));
    let cell = gate(0, config.recurrent_activation).mul(gate(2, config.activation));
    if (memory)
      cell = gate(1, config.recurrent_activation)
        .mul(memory.cell as JaxArray)
        .add(cell);
    const output = gate(3, config.recurrent_activation).mul(act(config.activation, cell.ref));
    sums.dispose();
    return { output, cell };
  };
}

function gruStep({ jax }: Pass, { config }: GRULayer, weights: readonly JaxArray[]): Step {
  const np = jax.numpy;
  const { units } = config;
  const [kernel, recurrentKernel, bias] = weights as [JaxArray, JaxArray, JaxArray?];
  const act = (name: ActivationName, y: JaxArray) => activate(jax, name, y);
  return (input, memory) => {
    let came = np.matmul(input, kernel.ref.transpose());
    let back = memory && np.matmul(memory.output.ref, recurrentKernel.ref.transpose());
    if (bias) {
      const own = bias.ref.slice(1, []);
      came = came.add(bias.ref.slice(0, []));
      back = back ? back.add(own) : own.reshape([1, 3 * units]);
    }
    const cut = (y: JaxArray, index: number) => y.ref.slice([], [index * units, (index + 1) * units]);
    const gate = (index: number) =>
      act(config.recurrent_activation, back ? cut(came, index).add(cut(back, index)) : cut(came, index));
    const update = gate(0);
    let candidate = cut(came, 2);
    if (back) candidate = candidate.add(gate(1).mul(cut(back, 2)));
    candidate = act(config.activation, candidate);
    came.dispose();
    back?.dispose();
    const fresh = np.subtract(1, update.ref).mul(candidate);
    if (memory) return { output: update.mul(memory.output).add(fresh) };
    update.dispose();
    return { output: fresh };
  };
}
