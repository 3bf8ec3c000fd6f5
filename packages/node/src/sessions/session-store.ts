import { CyxwizError } from "@cyxwiz/errors";
import { sha256, toHex, utf8ToBytes } from "@cyxwiz/proof";
import type { Session } from "./session.ts";

/** What one token, or one connection, opens: a session, and those of the jobs that followed on it; the newest last. */
type Access = Session[];

/**
 * Finds the session of a call: by the session token, by the job token that opened it, or, for clients that know
 * nothing of either, by the connection it was opened on. Tokens are kept as hashes only.
 */
export class SessionStore {
  readonly #byToken = new Map<string, Access>();
  readonly #byJob = new Map<string, Session>();
  #byConnection = new WeakMap<object, Access>();

  /** Opens a session to more tokens and, with one, to calls on a connection. */
  add(session: Session, tokens: readonly string[], connection: object | undefined): void {
    const access = [session];
    for (const token of tokens) this.#byToken.set(keyOf(token), access);
    this.#byJob.set(session.jobId, session);
    if (connection) this.#byConnection.set(connection, access);
  }

  /** Opens an archived session again to those who had it. */
  restore(session: Session, tokenHashes: readonly string[]): void {
    for (const hash of tokenHashes) {
      const access = this.#byToken.get(hash);
      if (access) access.push(session);
      else this.#byToken.set(hash, [session]);
    }
    this.#byJob.set(session.jobId, session);
  }

  /** Whoever has a session has the one of its next job as well. */
  follow(previous: Session, next: Session, connection: object | undefined): void {
    const known = connection && this.#byConnection.get(connection);
    const all = new Set([...this.#byToken.values(), ...(known ? [known] : [])]);
    for (const access of all) if (access.includes(previous)) access.push(next);
    this.#byJob.set(next.jobId, next);
  }

  /** Hashes of all tokens that open a session. */
  tokenHashes(session: Session): string[] {
    return [...this.#byToken].filter(([, access]) => access.includes(session)).map(([hash]) => hash);
  }

  /** True once a token has opened a session or is a session's own. */
  knows(token: string): boolean {
    return this.#byToken.has(keyOf(token));
  }

  /**
   * The session of a call. Throws TOKEN_MISSING, TOKEN_INVALID for a token that opens nothing here, or NOT_YOURS for a
   * job that it does not open.
   *
   * @param call.authorization the header as it came
   * @param call.jobId empty for the newest job
   */
  find(
    what: string,
    call: {
      readonly authorization: string | undefined;
      readonly connection?: object | undefined;
      readonly jobId?: string;
    },
  ): Session {
    const access = this.#accessOf(what, call.authorization, call.connection);
    const { jobId = "" } = call;
    const session = jobId === "" ? access.at(-1) : access.findLast((found) => found.jobId === jobId);
    if (session) return session;
    throw new CyxwizError("NOT_YOURS", { what: `Job ${jobId}` });
  }

  /** Calls on this connection no longer belong to a session. */
  forgetConnection(connection: object | undefined): void {
    if (connection) this.#byConnection.delete(connection);
  }

  /** Ends a session. */
  remove(session: Session): void {
    for (const [key, access] of this.#byToken) {
      const left = access.filter((found) => found !== session);
      if (left.length === 0) this.#byToken.delete(key);
      else if (left.length < access.length) this.#byToken.set(key, left);
    }
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

  #accessOf(what: string, authorization: string | undefined, connection: object | undefined): Access {
    if (authorization) {
      const access = this.#byToken.get(keyOf(bearerToken(authorization)));
      if (access) return access;
      throw new CyxwizError("TOKEN_INVALID", { reason: "it opens no session on this node; connect first" });
    }
    const access = (connection && this.#byConnection.get(connection)) ?? [];
    const open = access.filter((session) => this.#byJob.get(session.jobId) === session);
    if (open.length > 0) return open;
    throw new CyxwizError("TOKEN_MISSING", { what });
  }
}

/** The token in an authorization header; empty where there is none. */
export function bearerToken(authorization: string): string {
  return /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? "";
}

function keyOf(token: string): string {
  return toHex(sha256(utf8ToBytes(token)));
}
