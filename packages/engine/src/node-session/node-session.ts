import { type Client, createClient } from "@connectrpc/connect";
import type { NodeAddress, NodeDialer } from "@cyxwiz/peer";
import { createTlsTransport, JobExecutionService } from "@cyxwiz/protocol";
import type { JobEventOf } from "../events/job-event.ts";

const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
const SESSION_HEADER = "cyxwiz-session-token";
/** Time to find out that the direct way leads nowhere, and for Central to call the node. */
const CONNECT_WITHIN_MS = 30_000;

/** A connection to a node that has redeemed our job token. */
export interface NodeSession extends NodeAddress {
  readonly nodeId: string;
  /** Bearer token of every later call, on any connection. */
  readonly token: string;
  readonly client: Client<typeof JobExecutionService>;
  /** Opens more connections to the node, and knows which way they go. */
  readonly dialer: NodeDialer;
  close(): void;
}

/** Says that a session has a connection, and which way it goes. */
export function connectedEvent(session: NodeSession, { again }: { again: boolean }): JobEventOf<"connected"> {
  const { nodeId, endpoint: nodeEndpoint, dialer } = session;
  return { type: "connected", nodeId, nodeEndpoint, route: dialer.route, again };
}

/**
 * Connects to the node that shows exactly this certificate and redeems the job token there.
 *
 * @throws CyxwizError `UNREACHABLE`, `TOKEN_*`, or what else the node answers.
 */
export async function openNodeSession(
  node: NodeAddress,
  options: { jobId: string; jobToken: string; dialer: NodeDialer; signal: AbortSignal },
): Promise<NodeSession> {
  const { dialer } = options;
  // Nodes without sessions accept the job token itself, once it is redeemed.
  let token: string | undefined;
  const { transport, close } = createTlsTransport({
    peer: "the node",
    baseUrl: `https://${node.endpoint}`,
    dial: (signal) => dialer.dial("h2", signal),
    bearerToken: () => token,
    maxMessageBytes: MAX_MESSAGE_BYTES,
  });
  const client = createClient(JobExecutionService, transport);
  try {
    const { nodeId } = await client.connectToNode(
      { authToken: options.jobToken, jobId: options.jobId, engineVersion: "cyxwiz/0.1.0" },
      {
        signal: options.signal,
        timeoutMs: CONNECT_WITHIN_MS,
        onHeader: (headers) => {
          token = headers.get(SESSION_HEADER) ?? undefined;
        },
      },
    );
    token ??= options.jobToken;
    return { ...node, nodeId, token, client, dialer, close };
  } catch (error) {
    close();
    throw error;
  }
}
