import type { NodeSession } from "./node-session.ts";

/** The way to a job's node: a session, and a new one with a fresh token when the old leads nowhere any more. */
export class NodeLink {
  readonly #open: () => Promise<NodeSession>;
  #session: NodeSession | undefined;

  /** @param open gets a token for the job and connects with it */
  constructor(open: () => Promise<NodeSession>) {
    this.#open = open;
  }

  /** The present session, opened if there is none yet. */
  async session(): Promise<NodeSession> {
    this.#session ??= await this.#open();
    return this.#session;
  }

  /** Opens a new session in the place of the present one. Throws what getting a token and connecting throw. */
  async renew(): Promise<NodeSession> {
    const renewed = await this.#open();
    this.#session?.close();
    this.#session = renewed;
    return renewed;
  }

  /** Takes a session that is open already. */
  use(session: NodeSession): void {
    this.#session?.close();
    this.#session = session;
  }

  /** Gives the session away; `close` leaves it open then. */
  release(): NodeSession | undefined {
    const session = this.#session;
    this.#session = undefined;
    return session;
  }

  close(): void {
    this.#session?.close();
  }
}
