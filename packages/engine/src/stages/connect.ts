import { retry } from "@cyxwiz/chain";
import { isCyxwizError } from "@cyxwiz/errors";
import { NodeDialer } from "@cyxwiz/peer";
import type { PaidJob } from "../attach/paid-job.ts";
import type { JobContext } from "../engine-context.ts";
import { NodeLink } from "../node-session/node-link.ts";
import { connectedEvent, type NodeSession, openNodeSession } from "../node-session/node-session.ts";
import { type Authorization, authorize } from "./authorize.ts";

const WITHIN_MS = 60_000;

/**
 * Connects to the node, directly or else through Central. A token that was used up by a call whose answer got lost is replaced once.
 *
 * @param authorizeAgain gets a new token for the same job
 * @throws CyxwizError `UNREACHABLE`, `TOKEN_*`, `ABORTED`
 */
export async function connectToNode(
  context: JobContext,
  options: { jobId: string; authorization: Authorization; authorizeAgain: () => Promise<Authorization> },
): Promise<NodeSession> {
  const { signal } = context;
  const { jobId } = options;
  let current = options.authorization;
  let replaced = false;
  const open = () => {
    const dialer = new NodeDialer(current.node, (relaySignal) => context.openRelay(jobId, relaySignal));
    return openNodeSession(current.node, { jobId, jobToken: current.jobToken, dialer, signal });
  };
  return retry(
    async () => {
      try {
        return await open();
      } catch (error) {
        const used = isCyxwizError(error, "TOKEN_ALREADY_USED") || isCyxwizError(error, "TOKEN_EXPIRED");
        if (!used || replaced) throw error;
        replaced = true;
        current = await options.authorizeAgain();
        return open();
      }
    },
    {
      what: "Connecting to the node",
      signal,
      withinMs: WITHIN_MS,
      when: (error) => isCyxwizError(error, "UNREACHABLE") || isCyxwizError(error, "CALL_TIMED_OUT"),
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
