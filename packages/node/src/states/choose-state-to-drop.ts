/** A stored state as far as choosing goes. */
export interface Droppable {
  readonly epoch: number;
  readonly storedBytes: number;
  readonly storedAtMs: number;
}

/** Any of a job's states may be replayed from; more than this many make no replay noticeably shorter. */
export const MOST_STATES_OF_A_JOB = 128;

/**
 * Of one job's states, in order, the one that is missed least: where its two neighbours are closest together, the older
 * of two such. The initial state, which follows from the seed, counts as the first neighbour. So what stays is spread
 * over the job, however long it gets. Never the newest; `undefined` when there is no other.
 */
export function leastMissed<S extends Droppable>(states: readonly S[]): S | undefined {
  let chosen: S | undefined;
  let smallest = Number.POSITIVE_INFINITY;
  for (const [index, state] of states.slice(0, -1).entries()) {
    const gap = (states[index + 1] as S).epoch - (states[index - 1]?.epoch ?? 0);
    if (gap < smallest) [smallest, chosen] = [gap, state];
  }
  return chosen;
}

/**
 * What to drop next, where the states of all jobs take too much room: one of the job that takes most, as long as a job
 * has more than its newest; then the last state of the job that was longest ago. The newest state of the job that is
 * being trained stays whatever happens, because it is what the job is resumed from.
 *
 * @param jobs states in order of their epochs, by job id
 * @param current the job that is being trained
 */
export function chooseStateToDrop<S extends Droppable>(
  jobs: ReadonlyMap<string, readonly S[]>,
  current: string,
): { readonly jobId: string; readonly state: S } | undefined {
  let largest: { jobId: string; state: S; bytes: number } | undefined;
  let oldest: { jobId: string; state: S } | undefined;
  for (const [jobId, states] of jobs) {
    const state = leastMissed(states);
    const bytes = states.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
    if (state && bytes > (largest?.bytes ?? 0)) largest = { jobId, state, bytes };
    const last = states.at(-1);
    if (last && jobId !== current && last.storedAtMs < (oldest?.state.storedAtMs ?? Number.POSITIVE_INFINITY)) {
      oldest = { jobId, state: last };
    }
  }
  return largest ?? oldest;
}
