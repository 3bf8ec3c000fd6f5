import { define } from "../definition.ts";

/** 7000–7999: nodes and sessions with them. */
export const nodeErrors = {
  NODE_NOT_FOUND: define<{ nodeId: string }>(7001, "NOT_FOUND", (c) => `There is no node ${c.nodeId}.`),
  NODE_BUSY: define<{ nodeId: string }>(7002, "RESOURCE_EXHAUSTED", (c) => `Node ${c.nodeId} is running another job.`),
} as const;
