import { afterEach, beforeEach, expect, test } from "vitest";
import { collect, endlessJob, Fixture, updatesAfter } from "../testing/fixture.ts";
import { dataset } from "../testing/jobs.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await Fixture.start();
});
afterEach(() => fixture.close());

const kept = (options: Parameters<Fixture["submit"]>[0] = {}) => ({
  ...options,
  config: { ...options.config, reservationDurationMinutes: 1 },
});

/** Commands that the test gives one by one. */
function commander<T>() {
  const waiting: T[] = [];
  let wake = Promise.withResolvers<void>();
  let over = false;
  return {
    give(command: T) {
      waiting.push(command);
      wake.resolve();
    },
    end() {
      over = true;
      wake.resolve();
    },
    async *[Symbol.asyncIterator]() {
      while (!over) {
        yield* waiting.splice(0);
        if (over) return;
        await wake.promise;
        wake = Promise.withResolvers();
      }
    },
  };
}

test("the next job starts over the same session, on the same data, with its own token used up", async () => {
  const first = await fixture.submit(kept());
  for await (const { update } of updatesAfter(first.client, 0n)) if (update.case === "complete") break;
  await fixture.central.until(() => fixture.central.heldForWallet !== "");
  const stranger = await fixture.offer({ payer: "Stranger11111111111111111111111111111111111" });
  await expect(fixture.connect(stranger.jobId, stranger.token)).rejects.toMatchObject({ code: "NODE_BUSY" });

  const next = await fixture.offer({ bytes: first.bytes });
  const start = { reservationId: first.jobId, jobId: next.jobId, jobConfig: next.config };
  const answer = await first.client.startNewJob(start);
  expect(answer).toMatchObject({ accepted: true, dataNeeded: false });
  expect(await first.client.startNewJob(start)).toMatchObject({ accepted: true, dataNeeded: false });
  const updates = await collect(first.client);
  expect(updates.at(-1)).toMatchObject({ jobId: next.jobId, update: { case: "complete" } });
  // By token, and by connection, each job for itself.
  for (const client of [first.client, fixture.client(first.sessionToken)]) {
    for (const { jobId } of [first, next]) {
      const chunk = await client.downloadWeights({ jobId })[Symbol.asyncIterator]().next();
      expect(chunk.value?.data.length).toBeGreaterThan(0);
    }
  }
  // The second one asked for nothing: the place is free.
  const third = await fixture.connect(stranger.jobId, await fixture.central.token(stranger.jobId));
  await third.client.disconnectFromNode({});
});

test("a next job over other data gets it by SendJob; one that is not ready is refused", async () => {
  const first = await fixture.submit(endlessJob());
  const next = await fixture.offer({ bytes: dataset({ samples: 191 }), config: { datasetSamples: 191n } });
  const start = (overrides = {}) =>
    first.client.startNewJob({ jobId: next.jobId, jobConfig: next.config, ...overrides });
  await expect(start()).rejects.toMatchObject({ code: "NOT_POSSIBLE_NOW" });
  await first.client.cancelTraining({ jobId: first.jobId });
  await expect(start({ jobId: "", jobConfig: { ...next.config, jobId: "" } })).rejects.toMatchObject({
    code: "INVALID_FIELD",
  });
  await expect(start({ reservationId: "another" })).rejects.toMatchObject({ code: "INVALID_FIELD" });
  await expect(start({ jobId: crypto.randomUUID() })).rejects.toMatchObject({ code: "JOB_NOT_FOUND" });
  expect(await start()).toMatchObject({ accepted: true, dataNeeded: true });
  await first.client.sendJob({ jobId: next.jobId, config: next.config, initialDataset: next.bytes });
  expect((await collect(first.client)).at(-1)).toMatchObject({ jobId: next.jobId, update: { case: "complete" } });
});

test("the stream of a job that keeps the node goes on with the next one, and ends when the reservation does", async () => {
  const first = await fixture.submit(kept());
  const next = await fixture.offer(kept({ bytes: first.bytes }));
  const commands =
    commander<Parameters<typeof first.client.streamTrainingMetrics>[0] extends AsyncIterable<infer C> ? C : never>();
  const seen: string[] = [];
  for await (const { jobId, update } of first.client.streamTrainingMetrics(commands)) {
    if (update.case === "error") seen.push(`${update.value.errorCode} for ${jobId}`);
    if (update.case !== "complete") {
      if (update.case === "error") commands.give({ command: { case: "newJobConfig", value: next.config } });
      continue;
    }
    seen.push(`complete ${jobId}`);
    if (jobId === next.jobId) commands.give({ command: { case: "reservationEnd", value: true } });
    else commands.give({ command: { case: "newJobConfig", value: { ...next.config, jobId: "" } } });
  }
  commands.end();
  expect(seen).toEqual([`complete ${first.jobId}`, `INVALID_FIELD for ${first.jobId}`, `complete ${next.jobId}`]);
  const stranger = await fixture.offer({ payer: "Stranger11111111111111111111111111111111111" });
  await (await fixture.connect(stranger.jobId, stranger.token)).client.disconnectFromNode({});
});

test("a place that nobody uses is free when its time is over", async () => {
  await fixture.close();
  fixture = await Fixture.start({ maxReservationMs: 100 });
  const first = await fixture.submit(kept());
  // Ends by itself, although more could be commanded.
  const cases: (string | undefined)[] = [];
  for await (const { update } of updatesAfter(first.client, 0n)) cases.push(update.case);
  expect(cases.at(-1)).toBe("complete");
  const stranger = await fixture.submit({ payer: "Stranger11111111111111111111111111111111111" });
  await collect(stranger.client);
});
