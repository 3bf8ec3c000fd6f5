import { expect, test } from "vitest";
import { Philox, philoxBlock } from "./philox.ts";

// Known answers of the Random123 distribution (kat_vectors, philox4x32-10).
test.each([
  [[0, 0, 0, 0], [0, 0], "6627e8d5e169c58dbc57ac4c9b00dbd8"],
  [[~0, ~0, ~0, ~0], [~0, ~0], "408f276d41c83b0ea20bc7c66d5451fd"],
  [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], "d16cfe0994fdcceb5001e42024126ea1"],
])("philox4x32-10 gives the published answer for %o", (counter, key, expected) => {
  const out = new Uint32Array(4);
  const [c0, c1, c2, c3] = counter as [number, number, number, number];
  const [k0, k1] = key as [number, number];
  philoxBlock(out, c0, c1, c2, c3, k0, k1);
  expect(Array.from(out, (word) => word.toString(16).padStart(8, "0")).join("")).toBe(expected);
});

test("sequences of one seed differ by purpose and index, and seeds above 2^32 count", () => {
  const first = (seed: number, purpose: number, index: number) => new Philox(seed, purpose, index).uint32();
  const values = [first(1, 1, 0), first(1, 2, 0), first(1, 1, 1), first(2, 1, 0), first(1 + 2 ** 32, 1, 0)];
  expect(new Set(values).size).toBe(values.length);
  expect(first(1, 1, 0)).toBe(values[0]);
});

test("uniform numbers fill [0, 1), normal ones have mean 0 and variance 1, bounded ones stay below", () => {
  const random = new Philox(7, 1, 0);
  const count = 20_000;
  let sum = 0;
  let normal = 0;
  let squares = 0;
  const faces = new Array(6).fill(0);
  for (let draw = 0; draw < count; draw++) {
    sum += random.uniform();
    const value = random.normal();
    normal += value;
    squares += value * value;
    faces[random.below(6)]++;
  }
  expect(sum / count).toBeCloseTo(0.5, 1.7);
  expect(normal / count).toBeCloseTo(0, 1.5);
  expect(squares / count).toBeCloseTo(1, 1.3);
  for (const face of faces) expect(Math.abs(face - count / 6)).toBeLessThan(250);
});
