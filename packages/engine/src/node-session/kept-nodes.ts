import type { NodeSession } from "./node-session.ts";

/** A session whose job is done, on a node that is kept for the next one. */
export interface KeptSession {
  /** The job that is done. */
  readonly jobId: string;
  readonly session: NodeSession;
}

/** The sessions of nodes that wait for this Engine's next job, by node. */
export class KeptNodes {
  readonly #byNode = new Map<string, KeptSession>();

  keep(kept: KeptSession): void {
    this.take(kept.session.nodeId)?.session.close();
    this.#byNode.set(kept.session.nodeId, kept);
  }

  /** The session with a node, which is the caller's from now on. */
  take(nodeId: string): KeptSession | undefined {
    const kept = this.#byNode.get(nodeId);
    this.#byNode.delete(nodeId);
    return kept;
  }

  /** Lets the nodes go; one that does not hear of it is free a little later. */
  close(): void {
    for (const { session } of this.#byNode.values()) {
      void session.client
        .disconnectFromNode({ reason: "no further job" }, { timeoutMs: 2_000 })
        .catch(() => undefined)
        .finally(() => session.close());
    }
    this.#byNode.clear();
  }
}
