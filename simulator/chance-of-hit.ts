import { Fraction } from "./fraction.ts";

/**
 * The probability that at least one of `refutable` epochs is among the `segments` different ones that are drawn evenly
 * from `epochs`: 1 − C(epochs − refutable, segments) ÷ C(epochs, segments). All are drawn where there are fewer.
 */
export function chanceOfHit(epochs: number, refutable: number, segments: number): Fraction {
  let missed = Fraction.ONE;
  for (let drawn = 0; drawn < Math.min(segments, epochs); drawn++) {
    missed = missed.times(Fraction.of(Math.max(epochs - refutable - drawn, 0), epochs - drawn));
  }
  return missed.complement();
}
