import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { collect, endlessJob, Fixture, openEnded } from "../testing/fixture.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await Fixture.start();
});
afterAll(() => fixture.close());
afterEach(() => {
  fixture.aheadMs = 0;
});

/** Stops a session's job and waits until it has ended, so that the next test finds the node free. */
async function stopJob(client: ReturnType<Fixture["client"]>) {
  await collect(client, { command: { case: "stop", value: true } });
}

test("no call without a token", async () => {
  const client = fixture.client();
  const missing = { code: "TOKEN_MISSING" };
  await expect(client.connectToNode({})).rejects.toMatchObject(missing);
  await expect(client.sendJob({ jobId: "x" })).rejects.toMatchObject(missing);
  await expect(client.disconnectFromNode({})).rejects.toMatchObject(missing);
  await expect(collect(client)).rejects.toMatchObject(missing);
  await expect(client.downloadWeights({})[Symbol.asyncIterator]().next()).rejects.toMatchObject(missing);
  await expect(collect(fixture.client("made-up"))).rejects.toMatchObject({ code: "TOKEN_INVALID" });
});

test("a token that is expired, forged, for another node or another job opens nothing", async () => {
  const { jobId, token } = await fixture.offer();
  const connect = (authToken: string, id = jobId) => fixture.client().connectToNode({ authToken, jobId: id });
  const old = await fixture.central.token(jobId, { nowMs: Date.now() - 301_000 });
  await expect(connect(old)).rejects.toMatchObject({ code: "TOKEN_EXPIRED" });
  const keys = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  const forged = await fixture.central.token(jobId, { key: keys.privateKey });
  await expect(connect(forged)).rejects.toMatchObject({ code: "TOKEN_INVALID" });
  await expect(connect("not.a.token")).rejects.toMatchObject({ code: "TOKEN_INVALID" });
  const elsewhere = await fixture.central.token(jobId, { nodeId: crypto.randomUUID() });
  await expect(connect(elsewhere)).rejects.toMatchObject({ code: "TOKEN_WRONG_AUDIENCE" });
  await expect(connect(token, crypto.randomUUID())).rejects.toMatchObject({ code: "INVALID_FIELD" });
  // Nothing of this has taken the node's place or used up the good token.
  const { client } = await fixture.connect(jobId, token);
  await client.disconnectFromNode({});
});

test("a token opens one session, even when it is used twice at once", async () => {
  const { jobId, token } = await fixture.offer();
  const attempts = [1, 2, 3].map(() => fixture.connect(jobId, token));
  const outcomes = await Promise.allSettled(attempts);
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  await expect(fixture.connect(jobId, token)).rejects.toMatchObject({ code: "TOKEN_ALREADY_USED" });
  const winner = outcomes.find((outcome) => outcome.status === "fulfilled");
  await winner?.value.client.disconnectFromNode({});
});

test("one job at a time: the second client hears NODE_BUSY and its token stays good", async () => {
  const first = await fixture.submit(endlessJob());
  const second = await fixture.offer();
  await expect(fixture.connect(second.jobId, second.token)).rejects.toMatchObject({ code: "NODE_BUSY" });
  await stopJob(first.client);
  const connected = await fixture.connect(second.jobId, second.token);
  await connected.client.disconnectFromNode({});
});

test("who connects and sends nothing loses the place in the end", async () => {
  const idle = await fixture.offer();
  const { client } = await fixture.connect(idle.jobId, idle.token);
  const next = await fixture.offer();
  await expect(fixture.connect(next.jobId, next.token)).rejects.toMatchObject({ code: "NODE_BUSY" });
  fixture.aheadMs = 130_000;
  const connected = await fixture.connect(next.jobId, next.token);
  const late = client.sendJob({ jobId: idle.jobId, config: idle.config, initialDataset: idle.bytes });
  await expect(late).rejects.toMatchObject({ code: "NODE_BUSY" });
  await connected.client.disconnectFromNode({});
});

test("a session is known by its token, by its job token and by its connection, and belongs to one job", async () => {
  const job = await fixture.submit(endlessJob());
  for (const token of [job.sessionToken, job.token]) {
    const abort = new AbortController();
    const stream = fixture.client(token).streamTrainingMetrics(openEnded(abort.signal), { signal: abort.signal });
    const first = await stream[Symbol.asyncIterator]().next();
    expect(first.value).toMatchObject({ jobId: job.jobId, update: { case: "log" } });
    abort.abort();
  }
  const other = crypto.randomUUID();
  await expect(job.client.sendJob({ jobId: other })).rejects.toMatchObject({ code: "NOT_YOURS" });
  await stopJob(job.client);
});

test("a job that is sent again because the answer was lost is accepted again, and runs once", async () => {
  const { jobId, config, bytes, token } = await fixture.offer(endlessJob());
  const { client } = await fixture.connect(jobId, token);
  const before = fixture.chain.started.length;
  const send = (initialDataset = bytes) => client.sendJob({ jobId, config, initialDataset });
  const answers = await Promise.all([send(), send(), send()]);
  expect(answers.map(({ accepted }) => accepted)).toEqual([true, true, true]);
  await expect(send(bytes.subarray(1))).rejects.toMatchObject({ code: "JOB_TERMS_MISMATCH" });
  const again = await fixture.connect(jobId, await fixture.central.token(jobId));
  const updates = await collect(again.client, { command: { case: "stop", value: true } });
  expect(updates.at(-1)?.update.case).toBe("error");
  expect(fixture.chain.started.length - before).toBeLessThanOrEqual(1);
});

test("a client that lost the answer to its connecting comes back with a new token for the same job", async () => {
  const { jobId, config, bytes, token } = await fixture.offer();
  await fixture.connect(jobId, token);
  const { client } = await fixture.connect(jobId, await fixture.central.token(jobId));
  await client.sendJob({ jobId, config, initialDataset: bytes });
  expect((await collect(client)).at(-1)?.update.case).toBe("complete");
});

test("a job that is over opens a session where the node has something of it, and takes no place otherwise", async () => {
  const unknown = await fixture.offer();
  fixture.central.over.add(unknown.jobId);
  await expect(fixture.connect(unknown.jobId, unknown.token)).rejects.toMatchObject({ code: "WEIGHTS_NOT_READY" });
  const { jobId, client } = await fixture.submit(endlessJob());
  await fixture.central.until(() => fixture.central.progress.some((report) => report.jobId === jobId));
  await client.cancelTraining({ jobId, savePartialModel: true });
  fixture.central.over.add(jobId);
  const again = await fixture.connect(jobId, await fixture.central.token(jobId));
  const chunk = await again.client.downloadWeights({ jobId })[Symbol.asyncIterator]().next();
  expect(chunk.value?.data.length).toBeGreaterThan(0);
});

test("after disconnecting from a job that has ended nothing is left of the session", async () => {
  const job = await fixture.submit();
  await collect(job.client);
  await job.client.disconnectFromNode({});
  await expect(job.client.disconnectFromNode({})).rejects.toMatchObject({ code: "TOKEN_MISSING" });
  await expect(collect(fixture.client(job.sessionToken))).rejects.toMatchObject({ code: "TOKEN_INVALID" });
});

test("the log has no token in it", () => {
  expect(fixture.log.length).toBeGreaterThan(5);
  expect(fixture.log.join("")).not.toMatch(/eyJ|Bearer/);
});
