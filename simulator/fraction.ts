/** An exact number: money in base units, a share, a probability. */
export class Fraction {
  static readonly ZERO = new Fraction(0n, 1n);
  static readonly ONE = new Fraction(1n, 1n);
  readonly #over: bigint;
  readonly #under: bigint;

  private constructor(over: bigint, under: bigint) {
    this.#over = over;
    this.#under = under;
  }

  /** over ÷ under. Throws RangeError where `under` is not positive. */
  static of(over: bigint | number, under: bigint | number = 1n): Fraction {
    const [numerator, denominator] = [BigInt(over), BigInt(under)];
    if (denominator <= 0n) throw new RangeError("a fraction is over a positive number");
    const divisor = greatestCommonDivisor(numerator < 0n ? -numerator : numerator, denominator);
    return new Fraction(numerator / divisor, denominator / divisor);
  }

  /** Basis points as the share they are. */
  static bps(bps: number): Fraction {
    return Fraction.of(bps, 10_000);
  }

  plus(other: Fraction): Fraction {
    return Fraction.of(this.#over * other.#under + other.#over * this.#under, this.#under * other.#under);
  }

  minus(other: Fraction): Fraction {
    return this.plus(other.times(Fraction.of(-1)));
  }

  times(other: Fraction): Fraction {
    return Fraction.of(this.#over * other.#over, this.#under * other.#under);
  }

  /** Throws RangeError for a divisor that is not positive. */
  dividedBy(divisor: Fraction): Fraction {
    return Fraction.of(this.#over * divisor.#under, this.#under * divisor.#over);
  }

  /** 1 − this: of a probability, that it does not happen. */
  complement(): Fraction {
    return Fraction.ONE.minus(this);
  }

  isNegative(): boolean {
    return this.#over < 0n;
  }

  isZero(): boolean {
    return this.#over === 0n;
  }

  isAbove(other: Fraction): boolean {
    return other.minus(this).isNegative();
  }

  /** The nearest number; for people, and to compare with what was measured. */
  toNumber(): number {
    const scaled = (this.#over * 10n ** 18n) / this.#under;
    return Number(scaled) / 1e18;
  }
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [large, small] = [a, b];
  while (small !== 0n) [large, small] = [small, large % small];
  return large;
}
