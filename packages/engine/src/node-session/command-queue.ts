import { create } from "@bufbuild/protobuf";
import { type TrainingCommand, TrainingCommandSchema } from "@cyxwiz/protocol";

/** Commands on their way to the node, as many as it takes. Iterate once; ends when the signal says so. */
export class CommandQueue implements AsyncIterable<TrainingCommand> {
  readonly #signal: AbortSignal;
  // Headers travel with the first message, so an empty command opens the stream.
  readonly #waiting: TrainingCommand[] = [create(TrainingCommandSchema)];
  #changed = Promise.withResolvers<void>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", () => this.#changed.resolve(), { once: true });
  }

  /** Resolves when the command is under way; so whoever waits for that never has more than one in memory. */
  async push(command: TrainingCommand): Promise<void> {
    this.#waiting.push(command);
    this.#wake();
    while (this.#waiting.includes(command) && !this.#signal.aborted) await this.#changed.promise;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TrainingCommand> {
    while (!this.#signal.aborted) {
      const command = this.#waiting.shift();
      if (command) {
        this.#wake();
        yield command;
      } else await this.#changed.promise;
    }
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
