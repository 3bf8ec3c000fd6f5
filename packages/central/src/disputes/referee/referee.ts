import { CyxwizError } from "@cyxwiz/errors";
import { expireBisection, judgeParted, type Reckoned } from "@cyxwiz/proof";
import { type Context, nowSeconds } from "../../context.ts";
import type { Job } from "../../database/schema/index.ts";
import { findJob } from "../../jobs/find-job.ts";
import type { Sight } from "../../proofs/node-files-of.ts";
import { Withheld } from "../../proofs/withheld.ts";
import { createSharedRuns } from "../../work/shared-runs.ts";
import { type Decision, decide } from "../decide.ts";
import { type DisputeRecord, findDispute, lockDispute } from "../dispute-record.ts";
import { store } from "../make-move.ts";
import { openMaterial, type Parted } from "./material.ts";
import { reckon, reckonStart } from "./reckon.ts";

/** Sees to it that disputes end: by their deadlines, and by training the one epoch where two have parted. */
export interface Referee {
  /**
   * Goes on with a job's dispute; calls for the same job at the same time share one run. Throws when it has to be called
   * again: the node has not shown what it takes, and still has time to.
   */
  run(jobId: string): Promise<void>;
  /** Stops all replays where they are. */
  close(): Promise<void>;
}

/** Makes the referee of this process; others may look at the same disputes at the same time, and come to the same. */
export function createReferee(context: Context, sight: Sight): Referee {
  const runs = createSharedRuns();
  const stopping = new AbortController();

  async function go(jobId: string): Promise<void> {
    const record = await findDispute(context.db, jobId);
    if (record?.row.stage === "BISECTION") await endSilence(jobId);
    if (record?.row.stage !== "REPLAY" || record.state.outcome?.kind !== "parted") return;
    const decision = await replay(record, record.state.outcome);
    await context.db.transaction(async (tx) => {
      const current = await lockDispute(tx, jobId);
      if (current?.row.stage === "REPLAY") await decide(context, tx, current, decision);
    });
    void context.settler.run(jobId).catch(() => undefined);
  }

  async function endSilence(jobId: string): Promise<void> {
    await context.db.transaction(async (tx) => {
      const record = await lockDispute(tx, jobId);
      if (record?.row.stage !== "BISECTION") return;
      const now = BigInt(nowSeconds(context));
      await store(context, tx, record, expireBisection(record.state, now));
      // Another move has come since, or the queue's clock is ahead of ours.
      const due = record.state.turn?.dueSeconds ?? now;
      if (now <= due) await context.queue.send(tx, "dispute", jobId, Number(due - now) + 1);
    });
  }

  async function train(job: Job, parted: Parted): Promise<Reckoned> {
    await using cleanups = new AsyncDisposableStack();
    const from = { job, parted, signal: stopping.signal, cleanups };
    // While one is being trained, others can be fetched.
    const material = await openMaterial(context, sight, from);
    return await sight.inTurn(() => reckon(material, parted));
  }

  async function replay({ row }: DisputeRecord, parted: Parted): Promise<Decision> {
    const { epoch } = parted;
    const job = await findJob(context.db, row.jobId);
    try {
      const reckoned = parted.epoch === 0 ? await reckonStart(job) : await train(job, parted);
      return { loser: judgeParted(parted, reckoned), reason: "replay", epoch };
    } catch (error) {
      if (!(error instanceof Withheld)) throw error;
      const isOver = context.nowMs() > (row.dueAt?.getTime() ?? 0);
      if (isOver) return { loser: "node", reason: "withheld", epoch };
      const what = `The dispute about job ${row.jobId}: ${error.message}`;
      throw new CyxwizError("TIMED_OUT", { what, timeoutMs: row.about.moveSeconds * 1_000 }, { cause: error });
    }
  }

  return {
    run: (jobId) => runs.run(jobId, () => go(jobId)),
    async close() {
      stopping.abort();
      await runs.settled();
    },
  };
}
