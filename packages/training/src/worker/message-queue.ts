/** Turns pushed values into an async iteration that ends, or fails, after the values pushed before. */
export class MessageQueue<T> implements AsyncIterable<T> {
  readonly #values: T[] = [];
  #outcome: { readonly error?: Error } | undefined;
  #wake: (() => void) | undefined;

  push(value: T): void {
    if (this.#outcome === undefined) this.#values.push(value);
    this.#wake?.();
  }

  end(): void {
    this.#outcome ??= {};
    this.#wake?.();
  }

  /** The first outcome counts; later ones are ignored. */
  fail(error: Error): void {
    this.#outcome ??= { error };
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    for (;;) {
      while (this.#values.length > 0) yield this.#values.shift() as T;
      if (this.#outcome?.error) throw this.#outcome.error;
      if (this.#outcome) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
