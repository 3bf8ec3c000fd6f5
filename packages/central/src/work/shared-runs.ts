/** Work that is done once at a time for each key: whoever asks for it meanwhile shares the run under way. */
export interface SharedRuns {
  run(key: string, work: () => Promise<void>): Promise<void>;
  /** How many are under way. */
  readonly size: number;
  /** Resolves when all that is under way has ended, however it did. */
  settled(): Promise<void>;
}

/** Makes it for one process; others may do the same work at the same time. */
export function createSharedRuns(): SharedRuns {
  const running = new Map<string, Promise<void>>();
  return {
    run(key, work) {
      const current = running.get(key);
      if (current) return current;
      const run = work().finally(() => running.delete(key));
      running.set(key, run);
      return run;
    },
    get size() {
      return running.size;
    },
    async settled() {
      await Promise.allSettled(running.values());
    },
  };
}
