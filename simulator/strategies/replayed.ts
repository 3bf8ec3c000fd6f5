import { Fraction } from "../fraction.ts";
import { type Job, payOf } from "../job.ts";
import type { Rules } from "../rules.ts";
import type { Plan, Strategy } from "../strategy.ts";

interface Cheat {
  readonly leftOut: Fraction;
  readonly refutable: number;
}

const FOUND_BY = "a replayed epoch";
const HALF = Fraction.of(1, 2);
const TENTH = Fraction.of(1, 10);

function drawn(job: Job, rules: Rules, cheat: Cheat): Plan {
  const { epochs: handedIn } = job;
  return { ...cheat, income: payOf(job, rules), handedIn, audit: "drawn", fault: "invalidProof" };
}

/** A cheat that shows in every epoch. */
const throughout = (name: string, leftOut: Fraction, foundBy = FOUND_BY): Strategy => ({
  name,
  foundBy,
  plan: (job, rules) => drawn(job, rules, { leftOut, refutable: job.epochs }),
});

/** A cheat in some epochs, each of which saves `saved` of its work. */
const inSome = (name: string, epochsOf: (epochs: number) => number, saved: Fraction): Strategy => ({
  name,
  foundBy: FOUND_BY,
  plan: (job, rules) => {
    const refutable = epochsOf(job.epochs);
    return drawn(job, rules, { leftOut: saved.times(Fraction.of(refutable, job.epochs)), refutable });
  },
});

/** What has the form of a proof, and shows only when somebody does the work again. */
export const REPLAYED: readonly Strategy[] = [
  throughout("random weights", Fraction.ONE),
  throughout("another job's states, hashed anew", Fraction.ONE),
  throughout("another seed, its result known", Fraction.ONE),
  throughout("half of the data", HALF),
  throughout("a tenth of each epoch's steps left out", TENTH),
  inSome("one epoch made up", () => 1, Fraction.ONE),
  inSome("a tenth of the epochs made up", (epochs) => Math.ceil(epochs / 10), Fraction.ONE),
  inSome("half of the epochs made up", (epochs) => Math.ceil(epochs / 2), Fraction.ONE),
  inSome("all epochs but one made up", (epochs) => Math.max(epochs - 1, 1), Fraction.ONE),
  inSome("metrics that lie, in a tenth of the epochs", (epochs) => Math.ceil(epochs / 10), Fraction.ZERO),
  throughout("random weights, state withheld", Fraction.ONE, "silence in an audit loses it"),
];
