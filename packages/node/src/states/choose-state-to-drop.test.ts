import { expect, test } from "vitest";
import { chooseStateToDrop, leastMissed } from "./choose-state-to-drop.ts";

const state = (epoch: number, storedBytes = 1, storedAtMs = epoch) => ({ epoch, storedBytes, storedAtMs });

/** What is kept of `epochs` states where there is room for `room`. */
function keep(room: number, epochs: number): number[] {
  const states: ReturnType<typeof state>[] = [];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    states.push(state(epoch));
    while (states.length > room) states.splice(states.indexOf(leastMissed(states) as never), 1);
  }
  return states.map((kept) => kept.epoch);
}

test.each([4, 10, 128])(
  "with room for %i states those of any number of epochs stay spread, the newest among them",
  (room) => {
    for (const epochs of [room, room + 1, 3 * room, 1000]) {
      const kept = keep(room, epochs);
      expect(kept).toHaveLength(Math.min(room, epochs));
      expect(kept.at(-1)).toBe(epochs);
      const gaps = kept.map((epoch, index) => epoch - (kept[index - 1] ?? 0));
      // Spread as evenly as can be would be `epochs / room`; forgetting as one goes, twice that is the best there is.
      expect(Math.max(...gaps)).toBeLessThanOrEqual(Math.max(2, 4 * Math.ceil(epochs / room)));
    }
  },
);

test("the job that takes most gives first, and none its newest while another has more", () => {
  const jobs = new Map([
    ["small", [state(1), state(2), state(3)]],
    ["large", [state(1, 10), state(2, 10)]],
    ["single", [state(9, 100)]],
  ]);
  expect(chooseStateToDrop(jobs, "small")).toMatchObject({ jobId: "large", state: { epoch: 1 } });
});

test("when each has only its newest, the job of longest ago gives it up, and never the one that is trained", () => {
  const jobs = new Map([
    ["current", [state(5, 10, 0)]],
    ["older", [state(7, 10, 1)]],
    ["newer", [state(8, 10, 2)]],
  ]);
  expect(chooseStateToDrop(jobs, "current")).toMatchObject({ jobId: "older" });
  expect(chooseStateToDrop(new Map([["current", [state(5)]]]), "current")).toBeUndefined();
});
