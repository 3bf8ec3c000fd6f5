import { expect, test } from "vitest";
import { EventLog } from "./event-log.ts";
import type { JobEvent } from "./job-event.ts";

const milestone = (root: string): JobEvent => ({ type: "anchored", root, signature: "s" });
const progress = (batch: number): JobEvent => ({
  type: "progress",
  epoch: 1,
  epochs: 1,
  batch,
  batches: 100_000,
  fraction: 0,
  loss: 1,
  accuracy: undefined,
  samplesPerSecond: 1,
  etaSeconds: 1,
  cpu: 0,
  memory: 0,
});

async function all(log: EventLog): Promise<JobEvent[]> {
  return collect(log.read());
}

async function collect(reader: AsyncIterable<JobEvent>): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  for await (const event of reader) events.push(event);
  return events;
}

test("every reader sees every milestone in order, whenever it starts", async () => {
  const log = new EventLog();
  const early = all(log);
  log.add(milestone("1"));
  await Promise.resolve();
  log.add(milestone("2"));
  const middle = all(log);
  log.add(milestone("3"));
  log.close();
  log.add(milestone("too late"));
  const expected = [milestone("1"), milestone("2"), milestone("3")];
  expect(await early).toEqual(expected);
  expect(await middle).toEqual(expected);
  expect(await all(log)).toEqual(expected);
});

test("without readers only the newest progress is kept, and no milestone is lost", async () => {
  const log = new EventLog();
  log.add(milestone("first"));
  for (let batch = 0; batch < 100_000; batch++) log.add(progress(batch));
  log.add(milestone("last"));
  log.close();
  const events = await all(log);
  expect(events.length).toBeLessThan(100);
  expect(events.at(0)).toEqual(milestone("first"));
  expect(events.at(-2)).toEqual(progress(99_999));
  expect(events.at(-1)).toEqual(milestone("last"));
});

test("a reader that falls behind skips what was forgotten and repeats nothing", async () => {
  const log = new EventLog();
  const reader = log.read();
  for (let batch = 0; batch < 10; batch++) log.add(progress(batch));
  expect((await reader.next()).value).toEqual(progress(0));
  for (let batch = 10; batch < 1000; batch++) log.add(progress(batch));
  log.close();
  const batches = (await collect(reader)).map((event) => (event.type === "progress" ? event.batch : -1));
  expect(batches).toEqual([...batches].sort((a, b) => a - b));
  expect(batches.at(-1)).toBe(999);
  expect(batches[0]).toBeGreaterThan(900);
});

test("an error ends every reader after the events before it", async () => {
  const log = new EventLog();
  log.add(milestone("1"));
  const reader = log.read();
  const error = new Error("it broke");
  log.close({ error });
  expect((await reader.next()).value).toEqual(milestone("1"));
  await expect(reader.next()).rejects.toBe(error);
});

test("leaving a loop early leaves the others alone", async () => {
  const log = new EventLog();
  log.add(milestone("1"));
  log.add(milestone("2"));
  for await (const event of log.read()) {
    expect(event).toEqual(milestone("1"));
    break;
  }
  log.close();
  expect(await all(log)).toHaveLength(2);
});
