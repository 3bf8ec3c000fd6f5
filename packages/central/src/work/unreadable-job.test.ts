import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Context } from "../context.ts";
import { expireReservation, failUnstarted } from "../escrow/expire-reservation.ts";
import { anchorProgress } from "../settlement/anchor-progress.ts";
import { reportOutcome } from "../settlement/report-outcome.ts";
import { settleStep } from "../settlement/settle-step.ts";
import type { SettlementContext } from "../settlement/settlement-context.ts";
import { DatabaseWorld } from "../testing/database-world.ts";

let world: DatabaseWorld;

beforeAll(async () => {
  world = await DatabaseWorld.start();
});

afterAll(() => world?.close());

const { signal } = new AbortController();
/** What the queue has done for a job. */
const WORK: Readonly<Record<string, (context: Context, jobId: string) => Promise<unknown>>> = {
  expire: expireReservation,
  "start-timeout": failUnstarted,
  report: (context, jobId) => reportOutcome(context as unknown as SettlementContext, jobId, signal),
  anchor: (context, jobId) => anchorProgress(context as unknown as SettlementContext, jobId, signal),
  settle: (context, jobId) => settleStep(context as unknown as SettlementContext, jobId, signal),
};

/** A context whose database does not answer. */
function without(): Context {
  const context = world.context();
  const away = () => {
    throw new Error("the database is away");
  };
  return {
    ...context,
    db: new Proxy(context.db, { get: (target, name) => (name === "select" ? away : Reflect.get(target, name)) }),
  };
}

test.each(Object.entries(WORK))(
  "%s stays to be done while its job can't be read, and is over with one that is gone",
  async (_, work) => {
    await expect(work(without(), randomUUID())).rejects.toThrow("the database is away");
    await work(world.context(), randomUUID());
  },
);
