import { EventEmitter, on } from "node:events";
import { create } from "@bufbuild/protobuf";
import { type RelayCall, RelayCallSchema } from "@cyxwiz/protocol";

/** Nodes that have a stream open here, over which they learn who wants to be connected to them. */
export class ListeningNodes {
  readonly #nodes = new Map<string, EventEmitter>();
  readonly #beatMs: number;

  /** @param beatMs how often a node is shown that the stream still lives */
  constructor(beatMs: number) {
    this.#beatMs = beatMs;
  }

  get size(): number {
    return this.#nodes.size;
  }

  /** Every call for a node until the signal ends it, or a newer stream of the same node. Begins with a greeting. */
  async *listen(nodeId: string, signal: AbortSignal): AsyncGenerator<RelayCall> {
    const node = new EventEmitter();
    this.#nodes.get(nodeId)?.emit("end");
    this.#nodes.set(nodeId, node);
    const alive = create(RelayCallSchema, { silenceSeconds: Math.ceil((3 * this.#beatMs) / 1_000) });
    const beat = setInterval(() => node.emit("call", alive), this.#beatMs);
    try {
      const calls = on(node, "call", { signal, close: ["end"] });
      yield alive;
      for await (const [call] of calls) yield call as RelayCall;
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      clearInterval(beat);
      if (this.#nodes.get(nodeId) === node) this.#nodes.delete(nodeId);
    }
  }

  /** Tells a node; false if it does not listen here. */
  call(nodeId: string, call: RelayCall): boolean {
    return this.#nodes.get(nodeId)?.emit("call", call) ?? false;
  }

  /** Ends every stream. */
  close(): void {
    for (const node of this.#nodes.values()) node.emit("end");
  }
}
