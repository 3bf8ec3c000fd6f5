import type { JobContext } from "../engine-context.ts";
import type { JobRecord } from "../job/job-record.ts";
import { recoverFunds } from "./recover-funds.ts";

/** After an abort nobody waits longer than this for a refund; the record stays for `attach`. */
const ABORTED_WITHIN_MS = 30_000;
const FAILED_WITHIN_MS = 180_000;

/**
 * Cleans up behind a job that failed: frees the node, and gets back what is in escrow. It never throws, because the
 * failure it follows is the one to be told; what it could not finish it says in the log events.
 */
export async function recoverAfterFailure(
  context: JobContext,
  failed: { jobId: string; record: JobRecord | undefined; error: unknown },
): Promise<void> {
  const { jobId, record } = failed;
  const withinMs = context.signal.aborted ? ABORTED_WITHIN_MS : FAILED_WITHIN_MS;
  // The job's own signal may be what ended it: cleaning up has its own.
  const signal = AbortSignal.timeout(withinMs + 10_000);
  const reason = failed.error instanceof Error ? failed.error.message : String(failed.error);
  try {
    if (!record) {
      await context.central.cancelJob({ jobId, reason }, { signal, timeoutMs: 5_000 });
      return;
    }
    const cancel = context.signal.aborted;
    const recovery = await recoverFunds(
      context,
      { jobId, escrow: record.escrow, record },
      { reason, cancel, signal, withinMs },
    );
    if (recovery === "still in escrow") {
      const until = `After the deadline "cyxwiz wallet cancel --escrow ${record.escrow.address}" brings them back.`;
      context.emit({
        type: "log",
        level: "error",
        message: `The tokens of job ${jobId} are still in escrow. ${until}`,
      });
      return;
    }
    await context.records.remove(jobId);
  } catch (error) {
    const message = `Cleaning up after job ${jobId}: ${error instanceof Error ? error.message : String(error)}`;
    context.emit({ type: "log", level: "error", message });
  }
}
