import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { Calls } from "./calls.ts";
import { Cast } from "./cast.ts";
import type { Programs } from "./compare.ts";
import { leave } from "./exits.ts";
import { begin } from "./genesis.ts";
import { readIdl } from "./idl.ts";
import { Machine } from "./machine.ts";
import { RULES, type Rules } from "./model/rules.ts";
import type { Model } from "./model/state.ts";
import { Player } from "./player.ts";
import { shrinkSequence } from "./shrink.ts";
import { deedOf, type Step, simplerSteps, step } from "./steps.ts";

const LONGEST_SEQUENCE = 160;

/** What a campaign found. */
export interface Findings {
  readonly steps: number;
  readonly sequences: number;
  /** How often the chain took and refused each instruction. */
  readonly counts: ReadonlyMap<string, readonly [taken: number, refused: number]>;
  /** The shortest sequence that shows a disagreement, and how long the first one was. */
  readonly failure:
    | { readonly reason: string; readonly story: readonly string[]; readonly foundIn: number }
    | undefined;
}

/** Everything that is made once and used by all sequences. */
export class Arena {
  readonly #machine: Machine;
  readonly #calls: Calls;
  readonly #programs: Programs;
  readonly #genesis: Model;

  private constructor(machine: Machine, calls: Calls, programs: Programs, genesis: Model) {
    this.#machine = machine;
    this.#calls = calls;
    this.#programs = programs;
    this.#genesis = genesis;
  }

  static async open(): Promise<Arena> {
    const programs = { escrow: readIdl("job_escrow"), registry: readIdl("node_registry") };
    const cast = await Cast.gather();
    const machine = await Machine.start(cast);
    const calls = new Calls(programs, cast);
    return new Arena(machine, calls, programs, begin(machine, calls));
  }

  /** A player in the state that every sequence begins with. */
  player(rules: Rules = RULES, counts = new Map<string, [number, number]>()): Player {
    return new Player(this.#machine, this.#calls, this.#programs, this.#genesis, rules, counts);
  }

  /** Random sequences until `steps` steps are done or chain and model disagree; then the sequence is shrunk. */
  async campaign({ seed, steps, rules = RULES }: { seed: number; steps: number; rules?: Rules }): Promise<Findings> {
    const counts = new Map<string, [number, number]>();
    let [done, sequences] = [0, 0];
    const sequence = fc.noBias(fc.array(step, { minLength: 1, maxLength: LONGEST_SEQUENCE, size: "max" }));
    const property = fc.property(sequence, (given) => {
      done += given.length;
      sequences += 1;
      this.#play(given, rules, counts);
    });
    let failing: readonly Step[] | undefined;
    // fast-check counts sequences, not steps; so it does a few at a time.
    for (let portion = 0; done < steps && failing === undefined; portion++) {
      const portionSeed = (Math.imul(seed, 1_000_003) + portion) | 0;
      failing = fc.check(property, { seed: portionSeed, numRuns: 50, endOnFailure: true }).counterexample?.[0];
      // What LiteSVM has allocated is given back only when the event loop turns.
      await setImmediate();
    }
    return {
      steps: done,
      sequences,
      counts,
      failure: failing === undefined ? undefined : this.#shrink(failing, rules),
    };
  }

  /** Plays a sequence to its end, and out of it. */
  #play(given: readonly Step[], rules: Rules, counts = new Map<string, [number, number]>()): Player {
    const player = this.player(rules, counts);
    try {
      for (const each of given) player.do(deedOf(each, player.model, this.#calls, this.#machine.cast));
      leave(player);
    } catch (error) {
      throw new Failure(error instanceof Error ? error.message : String(error), player.story, { cause: error });
    }
    return player;
  }

  #shrink(failing: readonly Step[], rules: Rules): Findings["failure"] {
    let last: Failure | undefined;
    const fails = (given: readonly Step[]): boolean => {
      try {
        this.#play(given, rules);
        return false;
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        last = error;
        return true;
      }
    };
    fails(shrinkSequence(failing, simplerSteps, fails));
    return last === undefined ? undefined : { reason: last.message, story: last.story, foundIn: failing.length };
  }
}

/** A sequence in which chain and model disagreed, and what was done until then. */
class Failure extends Error {
  readonly story: readonly string[];

  constructor(message: string, story: readonly string[], options: ErrorOptions) {
    super(message, options);
    this.story = story;
  }
}

/** The findings for people to read. */
export function describeFindings({ seed }: { seed: number }, { steps, sequences, failure }: Findings): string {
  const head = `${steps} steps in ${sequences} sequences, seed ${seed}`;
  if (failure === undefined) return `${head}: chain and model agree.`;
  const lines = failure.story.map((line, index) => `  ${index + 1}. ${line}`);
  return [
    `${head}: ${failure.reason}`,
    `The shortest sequence (found in one of ${failure.foundIn} steps):`,
    ...lines,
  ].join("\n");
}
