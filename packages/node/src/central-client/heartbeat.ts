import { type Backoff, backoffMs } from "@cyxwiz/chain";
import type { AuditAssignment, NodeInfo } from "@cyxwiz/protocol";
import { describe, type Logger } from "../util/log.ts";
import { pause } from "../util/retry.ts";
import { type CentralClient, throwWireError } from "./central-client.ts";

/** Tells Central again and again that the node lives, until the signal says stop. Never throws. */
export async function keepBeating(options: {
  readonly central: CentralClient;
  readonly describeNode: () => NodeInfo;
  readonly activeJobs: () => string[];
  /** Whose next job the node is kept for; empty for nobody's. */
  readonly heldForWallet: () => string;
  /** Central wants these jobs stopped. */
  readonly onCancel: (jobIds: readonly string[]) => void;
  /** Of the active jobs, those that their engines hold. */
  readonly pausedJobs: () => string[];
  /** What Central asks the node to audit now. */
  readonly onAudits: (audits: readonly AuditAssignment[]) => void;
  /** Disputes about these jobs wait for this node. */
  readonly onDisputes: (jobIds: readonly string[]) => void;
  readonly backoff: Backoff;
  readonly signal: AbortSignal;
  readonly log: Logger;
}): Promise<void> {
  const { central, signal, log, backoff } = options;
  let failures = 0;
  // The first at once: a node that is back in the middle of a job has been silent for long enough.
  let pauseMs = 0;
  while (!signal.aborted) {
    await pause(pauseMs, signal);
    if (signal.aborted) return;
    const intervalMs = central.registration.heartbeatMs;
    try {
      const response = await central.call((nodes) =>
        nodes.heartbeat(
          {
            nodeId: central.registration.nodeId,
            currentStatus: options.describeNode(),
            activeJobs: options.activeJobs(),
            heldForWallet: options.heldForWallet(),
            pausedJobs: options.pausedJobs(),
          },
          { signal },
        ),
      );
      throwWireError(response);
      if (failures > 0) log.info({ failures }, "Central answers again");
      failures = 0;
      pauseMs = intervalMs;
      options.onAudits(response.audits);
      options.onDisputes(response.disputedJobs);
      if (response.jobsToCancel.length > 0) options.onCancel(response.jobsToCancel);
    } catch (error) {
      if (signal.aborted) return;
      failures++;
      // Sooner than usual, so that a short outage does not make the node look dead.
      pauseMs = Math.min(intervalMs, backoffMs(backoff, failures));
      log.warn({ failures, problem: describe(error) }, "heartbeat failed");
    }
  }
}
