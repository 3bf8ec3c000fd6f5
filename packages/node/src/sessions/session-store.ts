import { CyxwizError } from "@cyxwiz/errors";
import { sha256, toHex, utf8ToBytes } from "@cyxwiz/proof";
import type { Session } from "./session.ts";

/**
 * Finds the session of a call: by the session token, by the job token that opened it, or, for clients that know
 * nothing of either, by the connection it was opened on. Tokens are kept as hashes only.
 */
export class SessionStore {
  readonly #byToken = new Map<string, Session>();
  readonly #byJob = new Map<string, Session>();
  #byConnection = new WeakMap<object, Session>();

  /** Opens a session to more tokens and, with one, to calls on a connection. */
  add(session: Session, tokens: readonly string[], connection: object | undefined): void {
    for (const token of tokens) this.#byToken.set(keyOf(token), session);
    this.#byJob.set(session.jobId, session);
    if (connection) this.#byConnection.set(connection, session);
  }

  /** Opens an archived session again to those who had it. */
  restore(session: Session, tokenHashes: readonly string[]): void {
    for (const hash of tokenHashes) this.#byToken.set(hash, session);
    this.#byJob.set(session.jobId, session);
  }

  /** Hashes of all tokens that open a session. */
  tokenHashes(session: Session): string[] {
    return [...this.#byToken].filter(([, found]) => found === session).map(([hash]) => hash);
  }

  /** True once a token has opened a session or is a session's own. */
  knows(token: string): boolean {
    return this.#byToken.has(keyOf(token));
  }

  /**
   * The session of a call. Throws TOKEN_MISSING, or TOKEN_INVALID for a token that opens nothing here.
   *
   * @param authorization the header as it came
   */
  find(what: string, authorization: string | undefined, connection?: object): Session {
    if (authorization) {
      const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? "";
      const session = this.#byToken.get(keyOf(token));
      if (session) return session;
      throw new CyxwizError("TOKEN_INVALID", { reason: "it opens no session on this node; connect first" });
    }
    const session = connection && this.#byConnection.get(connection);
    if (session && this.#byJob.get(session.jobId) === session) return session;
    throw new CyxwizError("TOKEN_MISSING", { what });
  }

  /** Calls on this connection no longer belong to a session. */
  forgetConnection(connection: object | undefined): void {
    if (connection) this.#byConnection.delete(connection);
  }

  /** Ends a session. */
  remove(session: Session): void {
    for (const [key, found] of this.#byToken) if (found === session) this.#byToken.delete(key);
    const { jobId } = session;
    if (this.#byJob.get(jobId) === session) this.#byJob.delete(jobId);
  }

  /** The open session for a job. */
  ofJob(jobId: string): Session | undefined {
    return this.#byJob.get(jobId);
  }

  /** Every open session. */
  all(): Session[] {
    return [...this.#byJob.values()];
  }
}

function keyOf(token: string): string {
  return toHex(sha256(utf8ToBytes(token)));
}
