import { expect, test } from "vitest";
import { chooseEpochs, segmentsFor } from "./choose-epochs.ts";

const never = () => {
  throw new Error("nothing random is wanted");
};

test("all, some, or as many as wanted by chance; never one twice, and always in order", () => {
  expect(chooseEpochs({ kind: "all" }, 4, never)).toEqual([1, 2, 3, 4]);
  expect(chooseEpochs({ kind: "epochs", epochs: [7, 3, 7] }, 10, never)).toEqual([3, 7]);
  const draws = [5, 0, 7];
  expect(chooseEpochs({ kind: "random", count: 3 }, 10, () => draws.shift() ?? 0)).toEqual([2, 6, 10]);
  expect(chooseEpochs({ kind: "random", count: 9 }, 3, () => 0)).toEqual([1, 2, 3]);
  const seen = new Set<number>();
  for (let first = 0; first < 5; first++) {
    for (const epoch of chooseEpochs({ kind: "random", count: 1 }, 5, () => first)) seen.add(epoch);
  }
  expect(seen).toEqual(new Set([1, 2, 3, 4, 5]));
});

test.each([0, 11, 1.5])("epoch %d of ten is refused", (epoch) => {
  expect(() => chooseEpochs({ kind: "epochs", epochs: [epoch] }, 10, never)).toThrow("the job has 1 to 10");
});

test("each epoch is reached from the nearest state before it, and no epoch is trained twice", () => {
  expect(segmentsFor([3], [])).toEqual([{ from: 0, to: 3 }]);
  expect(segmentsFor([5], [1, 4, 5, 6])).toEqual([{ from: 4, to: 5 }]);
  expect(segmentsFor([5, 6, 9], [4, 8])).toEqual([
    { from: 4, to: 6 },
    { from: 8, to: 9 },
  ]);
  expect(segmentsFor([2, 3], [1, 2, 3])).toEqual([{ from: 1, to: 3 }]);
  expect(segmentsFor([1, 2, 3, 4], [2])).toEqual([{ from: 0, to: 4 }]);
});
