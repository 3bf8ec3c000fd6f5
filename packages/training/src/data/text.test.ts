import { isCyxwizError } from "@cyxwiz/errors";
import { expect, test } from "vitest";
import type { Tensor } from "./tensor.ts";
import { textLines, textWindows } from "./text.ts";

const file = (text: string) => ({ source: "a.txt", bytes: new TextEncoder().encode(text) });
const rows = ({ shape, data }: Tensor) => {
  const text = String.fromCharCode(...(data as Uint8Array));
  const [count, steps] = shape as [number, number];
  return Array.from({ length: count }, (_, row) => text.slice(row * steps, (row + 1) * steps));
};

test("windows of a text have the next byte as the label of each", () => {
  const { features, labels } = textWindows(file("abcdefgh"), 3);
  expect(rows(features)).toEqual(["abc", "def"]);
  expect(rows(labels)).toEqual(["bcd", "efg"]);
  expect(rows(textWindows(file("abcdefgh"), 3, 2).features)).toEqual(["abc", "cde", "efg"]);
  expect(rows(textWindows(file("abcd"), 3).labels)).toEqual(["bcd"]);
});

test("lines become samples of their file's class, cut or filled up", () => {
  const { features, labels } = textLines([file("  one\n\n\t\nthree four\r\n"), file("2")], 5);
  expect(rows(features)).toEqual(["one\0\0", "three", "2\0\0\0\0"]);
  expect(labels.data).toEqual(Int32Array.of(0, 0, 1));
});

test.each([
  ["a text shorter than a window", () => textWindows(file("abc"), 3), "it has 3 bytes; one window of 3 needs 4"],
  [
    "a text with far too many windows",
    () => textWindows({ source: "big", bytes: new Uint8Array(2 ** 20) }, 1000, 1),
    "the limit is",
  ],
  ["a class without lines", () => textLines([file("a"), file(" \n")], 4), "no line that is not blank"],
])("%s is refused", (_, act, problem) => {
  expect(act).toThrow(problem);
  expect(act).toThrow(expect.toSatisfy((error) => isCyxwizError(error, "DATA_INVALID")));
});
