import type { Optimizer } from "../spec/types.ts";
import { learningRate } from "./learning-rate.ts";

/**
 * The rates of each step: the learning rate, and for AdamW the share that each weight loses. Adam's bias correction is
 * part of the first, computed in float64 by repeated multiplication: the array library's power is inexact, and
 * `Math.pow` differs between engines.
 */
export class StepSize {
  readonly #optimizer: Optimizer;
  #step: number;
  #power1 = 1;
  #power2 = 1;

  /** @param stepsDone where a resumed run stands. */
  constructor(optimizer: Optimizer, stepsDone: number) {
    this.#optimizer = optimizer;
    this.#step = stepsDone;
    for (let step = 0; step < stepsDone && (this.#power1 > 0 || this.#power2 > 0); step++) this.#advance();
  }

  /** Moves on to the next step and gives its rates. */
  next(): readonly number[] {
    this.#advance();
    const { class_name, config } = this.#optimizer;
    const rate = learningRate(config.learning_rate, this.#step++);
    const corrected = (rate * Math.sqrt(1 - this.#power2)) / (1 - this.#power1);
    return class_name === "AdamW" ? [corrected, rate * config.weight_decay] : [corrected];
  }

  #advance(): void {
    const { class_name, config } = this.#optimizer;
    const isAdam = class_name === "Adam" || class_name === "AdamW";
    this.#power1 *= isAdam ? config.beta_1 : 0;
    this.#power2 *= isAdam ? config.beta_2 : 0;
  }
}
