import { create } from "@bufbuild/protobuf";
import { RelayCallSchema } from "@cyxwiz/protocol";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "../context.ts";
import { listen } from "../database/listen.ts";
import type { ListeningNodes } from "./listening-nodes.ts";

const CHANNEL = "cyxwiz_relay_calls";

/** Where nodes reach one Central itself, and what it shows there. */
export interface ReplicaAddress {
  readonly url: string;
  readonly certificatePem: string;
}

const message = z.object({
  callId: z.string(),
  jobId: z.string(),
  nodeId: z.string(),
  url: z.string(),
  certificatePem: z.string(),
});

/** Calls nodes, whichever replica of Central they listen at. */
export interface NodeCaller {
  /** Has the node open its end at this replica; whether it will is not known yet. */
  call(call: { readonly callId: string; readonly jobId: string; readonly nodeId: string }): Promise<void>;
  close(): Promise<void>;
}

/** @param self this replica's own address, once its port is known */
export async function callNodesThrough(
  context: Pick<Context, "db" | "log">,
  options: { readonly databaseUrl: string; readonly nodes: ListeningNodes; readonly self: () => ReplicaAddress },
): Promise<NodeCaller> {
  const { nodes, self, databaseUrl } = options;
  const { close } = await listen({
    databaseUrl,
    channel: CHANNEL,
    log: context.log,
    onMessage: (payload) => {
      const { nodeId, callId, jobId, url, certificatePem } = message.parse(JSON.parse(payload));
      nodes.call(nodeId, create(RelayCallSchema, { callId, jobId, centralUrl: url, certificatePem }));
    },
  });
  return {
    async call({ callId, jobId, nodeId }) {
      // A node that listens here knows how to reach this replica already.
      if (nodes.call(nodeId, create(RelayCallSchema, { callId, jobId }))) return;
      const payload = JSON.stringify({ callId, jobId, nodeId, ...self() });
      await context.db.execute(sql`select pg_notify(${CHANNEL}, ${payload})`);
    },
    close,
  };
}
