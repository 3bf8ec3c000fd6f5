import { expect, test } from "vitest";
import { shrinkSequence } from "./shrink.ts";

const halves = function* (value: number): Iterable<number> {
  if (value > 1) yield 1;
};

test("leaves what is needed to fail, in its order, and makes it simple", () => {
  const items = Array.from({ length: 150 }, (_, index) => index + 2);
  const needed = [9, 70, 140];
  const fails = (part: readonly number[]) => needed.every((item) => part.includes(item));
  expect(shrinkSequence(items, halves, fails)).toEqual(needed);
  const longEnough = (part: readonly number[]) => part.length >= 3;
  expect(shrinkSequence(items, halves, longEnough)).toEqual([1, 1, 1]);
});

test("a sequence that fails even empty becomes empty", () => {
  expect(shrinkSequence([1, 2, 3], halves, () => true)).toEqual([]);
});
