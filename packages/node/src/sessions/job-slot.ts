import { CyxwizError } from "@cyxwiz/errors";
import type { Session } from "./session.ts";

interface Holder {
  session: Session | undefined;
  /** For whose next job the place is kept, and until when. */
  kept: { readonly wallet: string; readonly untilMs: number; readonly timer: NodeJS.Timeout } | undefined;
}

/** The one place that jobs compete for: from connecting until the job has ended, or for a while after that. */
export class JobSlot {
  readonly #nowMs: () => number;
  readonly #sendJobWithinMs: number;
  #holder: Holder | undefined;
  #closed = false;

  constructor(options: { nowMs: () => number; sendJobWithinMs: number }) {
    this.#nowMs = options.nowMs;
    this.#sendJobWithinMs = options.sendJobWithinMs;
  }

  /** The wallet whose next job the place is kept for, if it is. */
  get keptFor(): string | undefined {
    const { session, kept } = this.#holder ?? {};
    return session?.endedAtMs !== undefined && kept && this.#nowMs() < kept.untilMs ? kept.wallet : undefined;
  }

  /**
   * Takes the place at once. Throws NODE_BUSY or NODE_STOPPING.
   *
   * @param payer whose job it is for, if that is known already
   */
  take(nodeId: string, payer?: string): { occupy(session: Session): void; release(): void } {
    if (this.#closed) throw new CyxwizError("NODE_STOPPING", { nodeId });
    if (this.#isTaken(payer)) throw new CyxwizError("NODE_BUSY", { nodeId });
    const before = this.#holder;
    const holder: Holder = { session: undefined, kept: undefined };
    this.#holder = holder;
    return {
      occupy: (session) => {
        holder.session = session;
        clearTimeout(before?.kept?.timer);
      },
      release: () => {
        // What was kept before is kept on.
        if (this.#holder === holder) this.#holder = before;
      },
    };
  }

  /** Keeps the place, once the session's job has ended, for the next job of a wallet. */
  keep(session: Session, { wallet, forMs }: { readonly wallet: string; readonly forMs: number }): void {
    const holder = this.#holder;
    if (holder?.session !== session) return;
    const timer = setTimeout(() => this.release(session), forMs).unref();
    holder.kept = { wallet, untilMs: this.#nowMs() + forMs, timer };
  }

  /** Whether the place is kept for what follows on a session. */
  isKeptOn(session: Session): boolean {
    return this.#holder?.session === session && this.#holder.kept !== undefined;
  }

  /** Gives up a place that is kept. */
  release(session: Session): void {
    const kept = this.#holder?.session === session ? this.#holder.kept : undefined;
    if (!kept || !this.#holder) return;
    clearTimeout(kept.timer);
    this.#holder.kept = undefined;
    session.next.resolve(undefined);
  }

  /** True while this session may send its job. */
  isHeldBy(session: Session): boolean {
    return this.#holder?.session === session && session.endedAtMs === undefined;
  }

  /** Takes no more jobs. */
  close(): void {
    this.#closed = true;
    if (this.#holder?.session) this.release(this.#holder.session);
  }

  #isTaken(payer: string | undefined): boolean {
    if (!this.#holder) return false;
    const { session } = this.#holder;
    // Somebody is connecting at this moment.
    if (!session) return true;
    if (session.endedAtMs !== undefined) return this.keptFor !== undefined && this.keptFor !== payer;
    return (
      session.job !== undefined ||
      session.gathering !== undefined ||
      this.#nowMs() - session.openedAtMs < this.#sendJobWithinMs
    );
  }
}
