import type { Optimizer } from "../spec/types.ts";

/**
 * The learning rate of a step. Adam's bias correction is part of it, computed in float64 by repeated
 * multiplication: the array library's power is inexact, and `Math.pow` differs between engines.
 */
export class StepSize {
  readonly #optimizer: Optimizer;
  #power1 = 1;
  #power2 = 1;

  /** @param stepsDone where a resumed run stands. */
  constructor(optimizer: Optimizer, stepsDone: number) {
    this.#optimizer = optimizer;
    for (let step = 0; step < stepsDone && (this.#power1 > 0 || this.#power2 > 0); step++) this.#advance();
  }

  /** Moves on to the next step and gives its rate. */
  next(): number {
    this.#advance();
    const { learning_rate: rate } = this.#optimizer.config;
    return (rate * Math.sqrt(1 - this.#power2)) / (1 - this.#power1);
  }

  #advance(): void {
    if (this.#optimizer.class_name !== "Adam") {
      this.#power1 = 0;
      this.#power2 = 0;
      return;
    }
    this.#power1 *= this.#optimizer.config.beta_1;
    this.#power2 *= this.#optimizer.config.beta_2;
  }
}
