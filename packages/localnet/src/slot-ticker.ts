/** Calls back every `intervalMs`, as evenly as timers allow. Gives the function that stops it. */
export function startTicker(intervalMs: number, tick: () => void): () => void {
  let due = performance.now() + intervalMs;
  let timer: NodeJS.Timeout;
  const schedule = () => {
    timer = setTimeout(
      () => {
        tick();
        // After a pause (a busy or sleeping machine) go on from now: a burst of slots would expire blockhashes early.
        due = Math.max(due + intervalMs, performance.now());
        schedule();
      },
      Math.max(0, due - performance.now()),
    );
  };
  schedule();
  return () => clearTimeout(timer);
}
