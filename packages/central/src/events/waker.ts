/** A sleep that can be cut short. */
export interface Waker {
  /** Ends the present sleep, or the next one before it begins. */
  wake(): void;
  /** Resolves after the time, when woken, or when the signal aborts. */
  sleep(ms: number): Promise<void>;
  /** Like `sleep`, but only the signal cuts it short: waking now would only repeat what just failed. */
  pause(ms: number): Promise<void>;
}

/** Makes a waker; the signal ends all sleep. */
export function createWaker(signal: AbortSignal): Waker {
  const bell = new EventTarget();
  let rung = false;

  async function until(ms: number, names: readonly string[]): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = () => resolve();
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
    for (const name of names) bell.addEventListener(name, done, { once: true });
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      for (const name of names) bell.removeEventListener(name, done);
    }
  }

  return {
    wake() {
      rung = true;
      bell.dispatchEvent(new Event("wake"));
    },
    async sleep(ms) {
      if (!rung) await until(ms, ["wake"]);
      rung = false;
    },
    pause: (ms) => until(ms, []),
  };
}
