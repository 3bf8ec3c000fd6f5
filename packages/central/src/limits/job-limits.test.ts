import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { reservations } from "../database/schema/index.ts";
import { DatabaseWorld } from "../testing/database-world.ts";
import { type Asker, checkJobLimits } from "./job-limits.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const here = "192.0.2.1";
const elsewhere = "198.51.100.1";

let world: DatabaseWorld;

beforeAll(async () => {
  world = await DatabaseWorld.start();
});

beforeEach(async () => {
  world.skewMs = 0;
  await world.sql("truncate jobs, nodes, users cascade");
});

afterAll(() => world?.close());

const asker = (wallet: string, change: Partial<Asker> = {}): Asker => ({
  wallet,
  proven: true,
  address: here,
  ...change,
});
const now = () => new Date(world.context().nowMs());

/** What SubmitJob does once a node is found: asks, and holds a node of its own. */
function submit({ wallet, proven, address }: Asker, options: object = {}): Promise<string> {
  const context = world.context(options);
  return context.db.transaction(async (tx) => {
    await checkJobLimits(context, tx, { wallet, proven, address });
    const confirmBy = new Date(context.nowMs() + context.config.reservationSeconds * 1_000);
    const row = { payerWallet: wallet, owned: proven, submittedFrom: address, confirmBy };
    const jobId = await world.job({ status: "PENDING_ESCROW", ...row });
    await world.connection.db.insert(reservations).values({ jobId, nodeId: await world.node(), createdAt: now() });
    return jobId;
  });
}

/** Ends a quote: it was called off, its time is over, or it was paid. */
async function end(jobId: string, paid = false): Promise<void> {
  const status = paid ? "ESCROW_CONFIRMED" : "CANCELLED";
  await world.sql("update jobs set status = $2, confirmed_at = $3 where id = $1", [jobId, status, paid ? now() : null]);
  if (!paid) await world.sql("update reservations set released_at = $2 where job_id = $1", [jobId, now()]);
}

const online = async (count: number) => {
  for (let index = 0; index < count; index++) await world.node();
};

const refused = (limit: RegExp, afterMs: number) => ({
  code: "JOB_LIMIT_REACHED",
  context: {
    limit: expect.stringMatching(limit),
    retryAtSeconds: expect.closeTo((Date.now() + afterMs) / 1_000, -1.5),
  },
});

test("a wallet submits ten jobs in any 24 hours, and is told when there may be another", async () => {
  await online(20);
  const wallet = randomUUID();
  for (let job = 0; job < 10; job++) {
    await end(await submit(asker(wallet)));
    world.skewMs += HOUR_MS;
  }
  await online(20);
  await expect(submit(asker(wallet))).rejects.toMatchObject(refused(/10 jobs in 24 hours/, 24 * HOUR_MS));
  await submit(asker(randomUUID()));
  world.skewMs += 14 * HOUR_MS;
  await online(20);
  await submit(asker(wallet));
  await expect(submit(asker(wallet))).rejects.toMatchObject(refused(/10 jobs in 24 hours/, 25 * HOUR_MS));
});

test("of jobs submitted at once no more than ten are taken", async () => {
  await online(40);
  const options = { unpaidSecondsPerAddress: 100_000 };
  const wallet = randomUUID();
  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, () => submit(asker(wallet), { ...options, jobsPerWalletPerDay: 5 })),
  );
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
});

test("nobody uses up the jobs of a wallet that is not theirs", async () => {
  await online(20);
  const victim = randomUUID();
  const strangers = { proven: false, address: elsewhere };
  for (let job = 0; job < 10; job++) await end(await submit(asker(victim, strangers)));
  await expect(submit(asker(victim, strangers))).rejects.toMatchObject(refused(/10 jobs/, 24 * HOUR_MS));
  await end(await submit(asker(victim)));
  await end(await submit(asker(victim, { proven: false })));
  // What was paid for is the wallet's own, whoever submitted it.
  const paid = { jobsPerWalletPerDay: 2 };
  await end(await submit(asker(victim), paid), true);
  await expect(submit(asker(victim), paid)).rejects.toMatchObject(refused(/2 jobs/, 24 * HOUR_MS));
});

test("from one address, whatever wallets it names, nodes are held without pay for twenty minutes in an hour", async () => {
  await online(20);
  const anybody = () => asker(randomUUID(), { proven: false });
  for (let quote = 0; quote < 4; quote++) await submit(anybody());
  await expect(submit(anybody())).rejects.toMatchObject(refused(/1200 s in an hour, from one address/, HOUR_MS));
  await expect(submit(asker(randomUUID()))).rejects.toMatchObject({ code: "JOB_LIMIT_REACHED" });
  await submit(asker(randomUUID(), { proven: false, address: elsewhere }));
  world.skewMs += HOUR_MS + MINUTE_MS;
  await online(20);
  await submit(anybody());
});

test("a quote that is called off counts only for the time it lasted, and one that is paid not at all", async () => {
  await online(20);
  for (let quote = 0; quote < 8; quote++) {
    const jobId = await submit(asker(randomUUID()));
    world.skewMs += 10_000;
    await end(jobId, quote % 2 === 0);
  }
  for (let quote = 0; quote < 3; quote++) await submit(asker(randomUUID()));
  await expect(submit(asker(randomUUID()))).rejects.toMatchObject({ code: "JOB_LIMIT_REACHED" });
});

test("from however many addresses, newcomers leave a third of the nodes to wallets that have paid before", async () => {
  // Each submission brings a node along.
  await online(3);
  const stranger = (index: number) => asker(randomUUID(), { address: `203.0.113.${index}` });
  const options = { newcomersPercent: 50 };
  for (let index = 0; index < 3; index++) await submit(stranger(index), options);
  await expect(submit(stranger(9), options)).rejects.toMatchObject(refused(/hold 3 of the nodes/, 5 * MINUTE_MS));
  const known = randomUUID();
  await world.job({ status: "COMPLETED", payerWallet: known, paidToNode: 1n, createdAt: new Date(0) });
  await submit(asker(known), options);
  await expect(submit(asker(known, { proven: false }), options)).rejects.toMatchObject({ code: "JOB_LIMIT_REACHED" });
});
