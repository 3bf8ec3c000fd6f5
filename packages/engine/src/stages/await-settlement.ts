import type { Client } from "@connectrpc/connect";
import { wait } from "@cyxwiz/chain";
import { CyxwizError } from "@cyxwiz/errors";
import { type JobService, type Settlement, StatusCode } from "@cyxwiz/protocol";
import { AuditEvents } from "../events/audit-events.ts";
import type { JobEvent } from "../events/job-event.ts";
import { askForStatus, assertNotEnded } from "./job-end.ts";

const POLL_FIRST_MS = 50;
const POLL_MAX_MS = 1_000;

export interface AwaitSettlementOptions {
  readonly jobId: string;
  readonly signal: AbortSignal;
  /** Gives up after this long, while no audit is open; the job may still settle. */
  readonly withinMs: number;
  readonly onEvent: (event: JobEvent) => void;
}

/**
 * Waits until Central says that the job is over, and tells what happens on chain on the way.
 *
 * @returns the settlement of a job that is COMPLETED
 * @throws CyxwizError `JOB_ENDED` for every other end (a refund may still be on its way), `TIMED_OUT`, `ABORTED`
 */
export async function awaitSettlement(
  central: Client<typeof JobService>,
  options: AwaitSettlementOptions,
): Promise<Settlement> {
  const { jobId, signal, withinMs } = options;
  let untilMs = performance.now() + withinMs;
  let [anchored, pollMs] = [false, POLL_FIRST_MS];
  const audits = new AuditEvents(options.onEvent);
  for (;;) {
    const answer = await askForStatus(central, jobId, signal);
    const settlement = answer?.settlement;
    if (settlement && !anchored && settlement.anchorTxSignature !== "") {
      anchored = true;
      options.onEvent({ type: "anchored", root: settlement.merkleRoot, signature: settlement.anchorTxSignature });
    }
    // Central ends it: whoever says nothing is not waited for.
    if (audits.note(settlement?.audit)) untilMs = performance.now() + withinMs;
    const status = answer?.status?.status;
    if (settlement && status === StatusCode.STATUS_COMPLETED) {
      const { paymentTxSignature: signature, paidToNode: toNode, paidToPlatform: toPlatform } = settlement;
      options.onEvent({ type: "paid", signature, toNode, toPlatform });
      return settlement;
    }
    assertNotEnded(jobId, answer);
    if (performance.now() > untilMs) {
      throw new CyxwizError("TIMED_OUT", { what: `The settlement of job ${jobId}`, timeoutMs: withinMs });
    }
    await wait(pollMs, `Job ${jobId}`, signal);
    pollMs = Math.min(pollMs * 1.5, POLL_MAX_MS);
  }
}
