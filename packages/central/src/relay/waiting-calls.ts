import type { Socket } from "node:net";
import { CyxwizError } from "@cyxwiz/errors";

interface WaitingCall {
  readonly nodeId: string;
  readonly answer: (socket: Socket) => void;
}

/** Connections that wait for their node to answer. */
export class WaitingCalls {
  readonly #calls = new Map<string, WaitingCall>();

  /**
   * Waits for a node's answer.
   *
   * @param call tells the node
   * @throws CyxwizError RELAY_NODE_ABSENT, ABORTED
   */
  async wait(
    { callId, nodeId }: { readonly callId: string; readonly nodeId: string },
    call: () => Promise<void>,
    limits: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<Socket> {
    const { promise, resolve, reject } = Promise.withResolvers<Socket>();
    const timer = setTimeout(() => reject(new CyxwizError("RELAY_NODE_ABSENT", { nodeId })), limits.timeoutMs);
    const abort = () => reject(new CyxwizError("ABORTED", { what: "Waiting for the node" }));
    limits.signal.addEventListener("abort", abort, { once: true });
    if (limits.signal.aborted) abort();
    this.#calls.set(callId, { nodeId, answer: resolve });
    try {
      const [socket] = await Promise.all([promise, call()]);
      return socket;
    } finally {
      clearTimeout(timer);
      limits.signal.removeEventListener("abort", abort);
      this.#calls.delete(callId);
    }
  }

  /** A node's answer. Throws RELAY_CALL_OVER, also to a node that was not called. */
  answer(callId: string, nodeId: string, socket: Socket): void {
    const call = this.#calls.get(callId);
    if (call?.nodeId !== nodeId) throw new CyxwizError("RELAY_CALL_OVER", { callId });
    this.#calls.delete(callId);
    call.answer(socket);
  }
}
