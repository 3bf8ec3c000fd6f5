import { type Client, createClient } from "@connectrpc/connect";
import { createTlsTransport, JobExecutionService } from "@cyxwiz/protocol";

const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
const SESSION_HEADER = "cyxwiz-session-token";

/** Where a node is and what it must show to be that node. */
export interface NodeAddress {
  /** `host:port` */
  readonly endpoint: string;
  readonly certificatePem: string;
}

/** A connection to a node that has redeemed our job token. */
export interface NodeSession extends NodeAddress {
  readonly nodeId: string;
  /** Bearer token of every later call, on any connection. */
  readonly token: string;
  readonly client: Client<typeof JobExecutionService>;
  close(): void;
}

/**
 * Connects to the node that shows exactly this certificate and redeems the job token there.
 *
 * @throws CyxwizError `UNREACHABLE`, `TOKEN_*`, or what else the node answers.
 */
export async function openNodeSession(
  node: NodeAddress,
  options: { jobId: string; jobToken: string; signal: AbortSignal },
): Promise<NodeSession> {
  // Nodes without sessions accept the job token itself, once it is redeemed.
  let token: string | undefined;
  const { transport, close } = createTlsTransport({
    peer: "the node",
    baseUrl: `https://${node.endpoint}`,
    certificatePem: node.certificatePem,
    bearerToken: () => token,
    maxMessageBytes: MAX_MESSAGE_BYTES,
  });
  const client = createClient(JobExecutionService, transport);
  try {
    const { nodeId } = await client.connectToNode(
      { authToken: options.jobToken, jobId: options.jobId, engineVersion: "cyxwiz/0.1.0" },
      {
        signal: options.signal,
        onHeader: (headers) => {
          token = headers.get(SESSION_HEADER) ?? undefined;
        },
      },
    );
    token ??= options.jobToken;
    return { ...node, nodeId, token, client, close };
  } catch (error) {
    close();
    throw error;
  }
}
