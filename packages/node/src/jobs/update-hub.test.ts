import { create } from "@bufbuild/protobuf";
import { type TrainingUpdate, TrainingUpdateSchema } from "@cyxwiz/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { checkpointSequence } from "./sequence.ts";
import { UpdateHub } from "./update-hub.ts";

const progress = (batch: number) =>
  create(TrainingUpdateSchema, { update: { case: "progress", value: { currentBatch: batch } } });
const checkpoint = (epoch: number) =>
  create(TrainingUpdateSchema, { update: { case: "checkpoint", value: { epoch } } });
const log = (message: string) => create(TrainingUpdateSchema, { update: { case: "log", value: { message } } });
const complete = () => create(TrainingUpdateSchema, { update: { case: "complete", value: { success: true } } });

function label({ update }: TrainingUpdate): string {
  if (update.case === "progress") return `p${update.value.currentBatch}`;
  if (update.case === "log") return update.value.message;
  return update.case === "checkpoint" ? `c${update.value.epoch}` : String(update.case);
}

async function readAll(updates: AsyncIterable<TrainingUpdate>): Promise<string[]> {
  const labels: string[] = [];
  for await (const update of updates) labels.push(label(update));
  return labels;
}

test("a slow reader loses old progress, never a checkpoint, a log line or the end", async () => {
  const hub = new UpdateHub("job", { maxSubscribers: 1 });
  const slow = hub.subscribe();
  for (let index = 1; index <= 10; index++) {
    hub.publish(progress(index));
    if (index % 5 === 0) hub.publish(checkpoint(index / 5));
    if (index === 7) hub.publish(log("l7"));
  }
  hub.publish(complete());
  expect(await readAll(slow)).toEqual(["c1", "l7", "c2", "complete"]);
});

test("whoever comes late gets the newest state, and the end when there is one", async () => {
  const hub = new UpdateHub("job", { maxSubscribers: 1 });
  hub.publish(progress(1));
  hub.publish(checkpoint(1));
  hub.publish(progress(2));
  const early = hub.subscribe();
  hub.publish(complete());
  hub.publish(progress(3));
  expect(await readAll(early)).toEqual(["c1", "p2", "complete"]);
  expect(await readAll(hub.subscribe())).toEqual(["c1", "p2", "complete"]);
});

test("a reader that keeps up sees every progress, and what is said to it alone", async () => {
  const hub = new UpdateHub("job", { maxSubscribers: 2 });
  const reader = hub.subscribe();
  const other = readAll(hub.subscribe());
  const seen: string[] = [];
  const next = [progress(1), progress(2), checkpoint(1), progress(3)];
  hub.publish(log("start"));
  for await (const update of reader) {
    seen.push(label(update));
    const following = next.shift();
    if (following) hub.publish(following);
    else if (seen.at(-1) === "answer") hub.publish(complete());
    else if (seen.at(-1) === "p3") reader.push(log("answer"));
  }
  expect(seen).toEqual(["start", "p1", "p2", "c1", "p3", "answer", "complete"]);
  expect(await other).not.toContain("answer");
});

test("a closed reader makes room, and a waiting one wakes when closed", async () => {
  const hub = new UpdateHub("job", { maxSubscribers: 1 });
  const first = hub.subscribe();
  expect(() => hub.subscribe()).toThrow(expect.objectContaining({ code: "TOO_MANY_SUBSCRIBERS" }));
  const reading = readAll(first);
  first.close();
  expect(await reading).toEqual([]);
  hub.subscribe();
});

test("however often a reader breaks off, it gets everything but progress once and in order", async () => {
  const kinds = fc.array(fc.constantFrom("p", "c", "l"), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(kinds, fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 9 }), async (sequence, lengths) => {
      const hub = new UpdateHub("job", { maxSubscribers: 1 });
      const said: string[] = [];
      for (const kind of sequence) {
        const epoch = said.filter((entry) => entry.startsWith("c")).length + 1;
        const update = kind === "p" ? progress(said.length) : kind === "c" ? checkpoint(epoch) : log(`l${said.length}`);
        said.push(label(update));
        hub.publish(update);
      }
      hub.publish(complete());
      const seen: string[] = [];
      let after = 0n;
      for (const length of [...lengths, Number.POSITIVE_INFINITY]) {
        let left = length;
        for await (const update of hub.subscribe(after)) {
          seen.push(label(update));
          after = update.sequence;
          if (--left === 0) break;
        }
        if (seen.at(-1) === "complete") break;
      }
      const kept = (entries: string[]) => entries.filter((entry) => !entry.startsWith("p"));
      expect(kept(seen)).toEqual([...kept(said), "complete"]);
      expect(said.filter((entry) => seen.includes(entry))).toEqual(seen.slice(0, -1));
    }),
    { seed: 2, numRuns: 200 },
  );
});

test("a million epochs: what memory has let go of is read from storage, page by page", async () => {
  const epochs = 1_000_000;
  let longestPage = 0;
  const history = {
    read: async (first: number, last: number) => {
      longestPage = Math.max(longestPage, last - first + 1);
      const updates = Array.from({ length: last - first + 1 }, (_, index) => checkpoint(first + index));
      for (const update of updates) {
        if (update.update.case === "checkpoint") update.sequence = checkpointSequence(update.update.value.epoch);
      }
      return updates;
    },
  };
  const hub = new UpdateHub("job", { maxSubscribers: 1, history });
  for (let epoch = 1; epoch <= epochs; epoch++) {
    hub.publish(checkpoint(epoch));
    if (epoch === 1_000) hub.publish(log("after 1000"));
  }
  hub.publish(complete());
  let [expected, logs] = [900, 0];
  for await (const { update } of hub.subscribe(checkpointSequence(899))) {
    if (update.case === "checkpoint") expect(update.value.epoch).toBe(expected++);
    if (update.case === "log") [logs] = [logs + 1, expect(expected).toBe(1_001)];
    if (expected === 5_000) break;
  }
  expect(logs).toBe(1);
  let last = 0;
  for await (const { update } of hub.subscribe(checkpointSequence(epochs - 3_000))) {
    if (update.case === "checkpoint") last = update.value.epoch;
  }
  expect(last).toBe(epochs);
  // Read at all, because memory no longer had them; and never many at once.
  expect(longestPage).toBeGreaterThan(0);
  expect(longestPage).toBeLessThanOrEqual(256);
});
