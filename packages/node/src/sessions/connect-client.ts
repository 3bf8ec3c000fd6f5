import { CyxwizError } from "@cyxwiz/errors";
import { verifyJobToken } from "@cyxwiz/protocol";
import type { CentralClient } from "../central-client/central-client.ts";
import { jobIdBytes } from "../jobs/job-id.ts";
import { type Environment, nowSeconds } from "../util/environment.ts";
import type { JobSlot } from "./job-slot.ts";
import { openSession } from "./open-session.ts";
import { redeem, requireWork } from "./redeem.ts";
import type { Session } from "./session.ts";
import type { SessionStore } from "./session-store.ts";

export interface ConnectOptions {
  readonly central: CentralClient;
  readonly sessions: SessionStore;
  readonly slot: JobSlot;
  readonly environment: Environment;
  readonly maxSubscribers: number;
  readonly dataDir: string;
}

/**
 * Opens a session for a job token: checks it offline, takes the node's place, and redeems the token with Central.
 * Throws TOKEN_MISSING, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_WRONG_AUDIENCE, TOKEN_ALREADY_USED, NODE_BUSY,
 * JOB_TERMS_MISMATCH, or why Central did not redeem it.
 */
export async function connectClient(
  options: ConnectOptions,
  request: { readonly authToken: string; readonly jobId: string; readonly connection: object | undefined },
): Promise<{ sessionToken: string; session: Session }> {
  const { central, sessions, slot, environment } = options;
  const { authToken } = request;
  if (authToken === "") throw new CyxwizError("TOKEN_MISSING", { what: "ConnectToNode" });
  // Known tokens before everything else: they may have expired since.
  if (sessions.knows(authToken)) throw new CyxwizError("TOKEN_ALREADY_USED", {});
  const { nodeId, tokenKey } = central.registration;
  const token = await verifyJobToken(authToken, { publicKey: tokenKey, nodeId, nowSeconds: nowSeconds(environment) });
  if (request.jobId !== "" && request.jobId !== token.jobId) {
    throw new CyxwizError("INVALID_FIELD", { field: "job_id", problem: `the token is for job ${token.jobId}` });
  }
  jobIdBytes(token.jobId);
  const sessionToken = environment.randomToken();
  const existing = sessions.ofJob(token.jobId);
  if (existing && (existing.job || existing.weights || slot.isHeldBy(existing))) {
    // A client that has lost its session, or the answer that gave it, comes back with a new token for the same job.
    await redeem(central, { jobId: token.jobId, authToken });
    sessions.add(existing, [sessionToken, authToken], request.connection);
    return { sessionToken, session: existing };
  }
  // Who may have a place that is kept is known only with the job.
  const early = slot.keptFor === undefined ? undefined : await redeem(central, { jobId: token.jobId, authToken });
  const place = slot.take(nodeId, early?.agreement.payerWallet);
  try {
    const agreement = requireWork(early ?? (await redeem(central, { jobId: token.jobId, authToken })));
    const session = openSession(agreement, { ...options, nowMs: environment.nowMs() });
    sessions.add(session, [sessionToken, authToken], request.connection);
    place.occupy(session);
    return { sessionToken, session };
  } catch (error) {
    place.release();
    throw error;
  }
}
