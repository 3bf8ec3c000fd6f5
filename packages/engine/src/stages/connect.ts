import { retry } from "@cyxwiz/chain";
import { type ErrorName, isCyxwizError } from "@cyxwiz/errors";
import { NodeDialer } from "@cyxwiz/peer";
import type { PaidJob } from "../attach/paid-job.ts";
import type { JobContext } from "../engine-context.ts";
import { NodeLink } from "../node-session/node-link.ts";
import { connectedEvent, type NodeSession, openNodeSession } from "../node-session/node-session.ts";
import { type Authorization, authorize } from "./authorize.ts";

const WITHIN_MS = 60_000;
const MAY_PASS: readonly ErrorName[] = ["UNREACHABLE", "CALL_TIMED_OUT", "NODE_BUSY"];

/**
 * Connects to the node, directly or else through Central. A token that was used up by a call whose answer got lost is
 * replaced. A node that has not heard yet that its last job was called off is waited for: it does with its next heartbeat.
 *
 * @param authorizeAgain gets a new token for the same job
 * @throws CyxwizError `UNREACHABLE`, `NODE_BUSY`, `TOKEN_*`, `ABORTED`
 */
export async function connectToNode(
  context: JobContext,
  options: { jobId: string; authorization: Authorization; authorizeAgain: () => Promise<Authorization> },
): Promise<NodeSession> {
  const { signal } = context;
  const { jobId } = options;
  let current = options.authorization;
  let saysBusy = false;
  const open = () => {
    const dialer = new NodeDialer(current.node, (relaySignal) => context.openRelay(jobId, relaySignal));
    return openNodeSession(current.node, { jobId, jobToken: current.jobToken, dialer, signal });
  };
  return retry(
    async () => {
      try {
        return await open();
      } catch (error) {
        if (!isCyxwizError(error, "TOKEN_ALREADY_USED") && !isCyxwizError(error, "TOKEN_EXPIRED")) throw error;
        current = await options.authorizeAgain();
        return open();
      }
    },
    {
      what: "Connecting to the node",
      signal,
      withinMs: WITHIN_MS,
      when: (error) => isCyxwizError(error) && MAY_PASS.includes(error.code),
      onRetry: (error) => {
        if (saysBusy || !isCyxwizError(error, "NODE_BUSY")) return;
        saysBusy = true;
        context.emit({
          type: "log",
          level: "info",
          message: "The node is still busy with its last job: waiting for it.",
        });
      },
    },
  );
}

/**
 * The way to a job's node; Central is shown the escrow for each session.
 *
 * @param certificatePem what Central has named before, if anything; the chain decides
 */
export function linkTo(
  context: JobContext,
  job: Pick<PaidJob, "jobId" | "nodeWallet" | "escrow">,
  certificatePem = "",
): NodeLink {
  const { jobId, nodeWallet } = job;
  const ask = () => authorize(context, { jobId, signature: job.escrow.signature, nodeWallet, certificatePem });
  let opened = false;
  return new NodeLink(async () => {
    const session = await connectToNode(context, { jobId, authorization: await ask(), authorizeAgain: ask });
    // Whoever renews a session says so once it is of use.
    if (!opened) context.emit(connectedEvent(session, { again: false }));
    opened = true;
    return session;
  });
}
