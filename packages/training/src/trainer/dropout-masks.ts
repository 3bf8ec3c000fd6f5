import { inferShapes, size } from "../spec/infer-shapes.ts";
import type { TrainingSpec } from "../spec/types.ts";
import { Philox } from "./philox.ts";
import { PURPOSE } from "./purposes.ts";

/** Draws the masks of all Dropout layers for a step: 0 with probability `rate`, 1 / (1 − rate) otherwise. */
export class DropoutMasks {
  readonly #seed: number;
  readonly #layers: readonly { readonly rate: number; readonly mask: Float32Array<ArrayBuffer> }[];

  constructor(spec: TrainingSpec) {
    this.#seed = spec.training.seed;
    this.#layers = inferShapes(spec.model).everyLayer.flatMap(({ layer, output }) =>
      layer.class_name === "Dropout"
        ? [{ rate: layer.config.rate, mask: new Float32Array(spec.training.batch_size * size(output)) }]
        : [],
    );
  }

  /** The masks of a step (from 0). The arrays are reused from call to call. */
  draw(step: number): readonly Float32Array<ArrayBuffer>[] {
    if (this.#layers.length === 0) return [];
    const random = new Philox(this.#seed, PURPOSE.dropout, step);
    return this.#layers.map(({ rate, mask }) => {
      const kept = 1 / (1 - rate);
      for (let index = 0; index < mask.length; index++) mask[index] = random.uniform() < rate ? 0 : kept;
      return mask;
    });
  }
}
