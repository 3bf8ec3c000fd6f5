import { create } from "@bufbuild/protobuf";
import { type TrainingUpdate, TrainingUpdateSchema } from "@cyxwiz/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { UpdateHub } from "./update-hub.ts";

const progress = (batch: number) =>
  create(TrainingUpdateSchema, { update: { case: "progress", value: { currentBatch: batch } } });
const checkpoint = (epoch: number) =>
  create(TrainingUpdateSchema, { update: { case: "checkpoint", value: { epoch } } });
const complete = create(TrainingUpdateSchema, { update: { case: "complete", value: { success: true } } });

function label({ update }: TrainingUpdate): string {
  if (update.case === "progress") return `p${update.value.currentBatch}`;
  return update.case === "checkpoint" ? `c${update.value.epoch}` : String(update.case);
}

async function readAll(updates: AsyncIterable<TrainingUpdate>): Promise<string[]> {
  const labels: string[] = [];
  for await (const update of updates) labels.push(label(update));
  return labels;
}

test("a slow reader loses old progress, never a checkpoint or the end", async () => {
  const hub = new UpdateHub("job", { maxSubscribers: 1, maxQueued: 3 });
  const slow = hub.subscribe();
  for (let index = 1; index <= 10; index++) {
    hub.publish(progress(index));
    if (index % 5 === 0) hub.publish(checkpoint(index / 5));
  }
  hub.publish(complete);
  expect(await readAll(slow)).toEqual(["c1", "c2", "complete"]);
});

test("whoever comes late gets the newest state, and the end when there is one", async () => {
  const hub = new UpdateHub("job", { maxSubscribers: 1 });
  hub.publish(progress(1));
  hub.publish(checkpoint(1));
  hub.publish(progress(2));
  const early = hub.subscribe();
  hub.publish(complete);
  hub.publish(progress(3));
  expect(await readAll(early)).toEqual(["c1", "p2", "complete"]);
  expect(await readAll(hub.subscribe())).toEqual(["c1", "p2", "complete"]);
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

test("any order of updates: all checkpoints arrive, progress in order, the end last", async () => {
  const kinds = fc.array(fc.constantFrom("p", "c"), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(kinds, fc.integer({ min: 1, max: 5 }), async (sequence, maxQueued) => {
      const hub = new UpdateHub("job", { maxSubscribers: 1, maxQueued });
      const reader = hub.subscribe();
      for (const [index, kind] of sequence.entries()) hub.publish(kind === "p" ? progress(index) : checkpoint(index));
      hub.publish(complete);
      const seen = await readAll(reader);
      const all = sequence.map((kind, index) => `${kind}${index}`);
      expect(seen.at(-1)).toBe("complete");
      expect(seen.filter((entry) => entry.startsWith("c") && entry !== "complete")).toEqual(
        all.filter((entry) => entry.startsWith("c")),
      );
      expect(all.filter((entry) => seen.includes(entry))).toEqual(seen.slice(0, -1));
    }),
    { seed: 2, numRuns: 200 },
  );
});
