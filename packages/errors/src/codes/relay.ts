import { define } from "../definition.ts";

/** 7500–7599: connections that Central relays. */
export const relayErrors = {
  RELAY_NODE_ABSENT: define<{ nodeId: string }>(
    7501,
    "UNAVAILABLE",
    (c) => `Node ${c.nodeId} did not answer Central, which can connect nobody to it until it does.`,
  ),
  RELAY_LIMIT_REACHED: define<{ jobId: string; limit: string }>(
    7502,
    "RESOURCE_EXHAUSTED",
    (c) => `Central relays no more for job ${c.jobId}: ${c.limit}. Reach the node directly, or have the limit raised.`,
  ),
  RELAY_CALL_OVER: define<{ callId: string }>(
    7503,
    "NOT_FOUND",
    (c) => `Nobody waits for an answer to call ${c.callId} any more.`,
  ),
} as const;
