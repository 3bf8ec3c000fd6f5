import { CyxwizError } from "@cyxwiz/errors";
import type { Session } from "./session.ts";

/** The one place that jobs compete for: from connecting until the job has ended. */
export class JobSlot {
  readonly #nowMs: () => number;
  readonly #sendJobWithinMs: number;
  #holder: { session: Session | undefined } | undefined;
  #closed = false;

  constructor(options: { nowMs: () => number; sendJobWithinMs: number }) {
    this.#nowMs = options.nowMs;
    this.#sendJobWithinMs = options.sendJobWithinMs;
  }

  /** Takes the place at once. Throws NODE_BUSY or NODE_STOPPING. */
  take(nodeId: string): { occupy(session: Session): void; release(): void } {
    if (this.#closed) throw new CyxwizError("NODE_STOPPING", { nodeId });
    if (this.#isTaken()) throw new CyxwizError("NODE_BUSY", { nodeId });
    const holder: { session: Session | undefined } = { session: undefined };
    this.#holder = holder;
    return {
      occupy: (session) => {
        holder.session = session;
      },
      release: () => {
        if (this.#holder === holder) this.#holder = undefined;
      },
    };
  }

  /** True while this session may send its job. */
  isHeldBy(session: Session): boolean {
    return this.#holder?.session === session && session.endedAtMs === undefined;
  }

  /** Takes no more jobs. */
  close(): void {
    this.#closed = true;
  }

  #isTaken(): boolean {
    if (!this.#holder) return false;
    const { session } = this.#holder;
    // Somebody is connecting at this moment.
    if (!session) return true;
    if (session.endedAtMs !== undefined) return false;
    return session.job !== undefined || this.#nowMs() - session.openedAtMs < this.#sendJobWithinMs;
  }
}
