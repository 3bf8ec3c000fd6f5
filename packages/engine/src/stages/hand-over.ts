import { CyxwizError } from "@cyxwiz/errors";
import type { JobData } from "../data/job-data.ts";
import type { JobContext } from "../engine-context.ts";
import type { KeptSession } from "../node-session/kept-nodes.ts";
import type { NodeLink } from "../node-session/node-link.ts";
import { connectedEvent, type NodeSession } from "../node-session/node-session.ts";
import { authorize } from "./authorize.ts";
import type { Quote } from "./quote.ts";
import { sendJob } from "./send-job.ts";

/** A job as its node gets it. */
export interface Handover {
  readonly quote: Quote;
  /** Of the escrow's transaction. */
  readonly signature: string;
  readonly dataset: JobData;
}

/** Gives a paid job to its node: over the session of the last job where the node was kept for it, or over a new one. */
export async function handOver(context: JobContext, link: NodeLink, job: Handover): Promise<void> {
  const { config, node } = job.quote;
  const kept = context.keptNodes.take(node.nodeId);
  const session = kept && (await startOn(context, kept, job));
  if (session) link.use(session);
  else await sendJob(context, await link.session(), { config, dataset: job.dataset });
}

/** Undefined where the node has it otherwise by now; then it is connected to as to any other. */
async function startOn(
  context: JobContext,
  { jobId: reservationId, session }: KeptSession,
  { quote, signature, dataset }: Handover,
): Promise<NodeSession | undefined> {
  const { jobId, config, terms, node } = quote;
  const { signal } = context;
  try {
    await authorize(context, { jobId, signature, nodeWallet: terms.nodeWallet, certificatePem: node.certificatePem });
    const answer = await session.client.startNewJob({ reservationId, jobId, jobConfig: config }, { signal });
    if (!answer.accepted) throw new CyxwizError("REMOTE", { number: 0, message: answer.message });
    context.emit(connectedEvent(session, { again: true }));
    if (answer.dataNeeded) await sendJob(context, session, { config, dataset });
    else context.emit({ type: "accepted", datasetBytes: 0 });
    return session;
  } catch (error) {
    session.close();
    if (signal.aborted) throw error;
    const message = `The node takes the job on a new connection: ${error instanceof Error ? error.message : String(error)}`;
    context.emit({ type: "log", level: "debug", message });
    return undefined;
  }
}
