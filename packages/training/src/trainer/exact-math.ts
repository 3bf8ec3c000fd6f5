/**
 * Functions whose last bits differ between JavaScript engines, from additions, multiplications and divisions only,
 * which do not. Good to about 1e-14, relative.
 */

const { LN2, PI } = Math;

/** cos(π·x) for x from 0 to 1. */
export function cosPi(x: number): number {
  // Within a quarter turn the series is short.
  if (x > 0.5) return -cosPi(1 - x);
  const square = -(PI * x * PI * x);
  let term = 1;
  let sum = 1;
  for (let n = 2; n <= 24; n += 2) {
    term *= square / (n * (n - 1));
    sum += term;
  }
  return x === 0.5 ? 0 : sum;
}

/** base^exponent, for a base above 0 and an exponent from 0. */
export function power(base: number, exponent: number): number {
  const whole = Math.floor(exponent);
  return wholePower(base, whole) * exponential((exponent - whole) * logarithm(base));
}

function wholePower(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}

/** ln(x) for x above 0: x is brought near 1 by halving or doubling. */
function logarithm(x: number): number {
  let halvings = 0;
  let near = x;
  for (; near > 1.5; near /= 2) halvings++;
  for (; near < 0.75; near *= 2) halvings--;
  const ratio = (near - 1) / (near + 1);
  let term = ratio;
  let sum = 0;
  for (let n = 1; n <= 41; n += 2) {
    sum += term / n;
    term *= ratio * ratio;
  }
  return 2 * sum + halvings * LN2;
}

/** e^x, by its series near 0 and doublings of what is found there. */
function exponential(x: number): number {
  const doublings = Math.round(x / LN2);
  const near = x - doublings * LN2;
  let term = 1;
  let sum = 1;
  for (let n = 1; n <= 18; n++) {
    term *= near / n;
    sum += term;
  }
  return sum * (doublings < 0 ? 1 / wholePower(2, -doublings) : wholePower(2, doublings));
}
