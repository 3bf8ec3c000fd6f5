import { CyxwizError } from "@cyxwiz/errors";
import { verifyJobToken } from "@cyxwiz/protocol";
import { type CentralClient, throwWireError } from "../central-client/central-client.ts";
import type { Agreement } from "../jobs/agreement.ts";
import { checkTerms } from "../jobs/check-job.ts";
import { jobIdBytes } from "../jobs/job-id.ts";
import { UpdateHub } from "../jobs/update-hub.ts";
import { LinkHistory } from "../states/link-history.ts";
import { type Environment, nowSeconds } from "../util/environment.ts";
import type { JobSlot } from "./job-slot.ts";
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
    await redeem(central, nodeId, authToken, token.jobId);
    sessions.add(existing, [sessionToken, authToken], request.connection);
    return { sessionToken, session: existing };
  }
  const place = slot.take(nodeId);
  try {
    const agreement = await redeem(central, nodeId, authToken, token.jobId);
    const session: Session = {
      jobId: agreement.jobId,
      agreement,
      updates: new UpdateHub(agreement.jobId, {
        maxSubscribers: options.maxSubscribers,
        history: new LinkHistory(options.dataDir, agreement.jobId),
      }),
      openedAtMs: environment.nowMs(),
      job: undefined,
      weights: undefined,
      endedAtMs: undefined,
    };
    sessions.add(session, [sessionToken, authToken], request.connection);
    place.occupy(session);
    return { sessionToken, session };
  } catch (error) {
    place.release();
    throw error;
  }
}

async function redeem(central: CentralClient, nodeId: string, authToken: string, jobId: string): Promise<Agreement> {
  const answer = throwWireError(await central.call((nodes) => nodes.redeemToken({ nodeId, authToken })));
  if (answer.jobId !== jobId || !answer.config) {
    const what = "the job that Central redeemed the token for";
    throw new CyxwizError("JOB_TERMS_MISMATCH", { jobId, what, expected: jobId, actual: answer.jobId || "none" });
  }
  const agreement: Agreement = {
    jobId,
    config: { ...answer.config, jobId },
    termsHash: answer.termsHash,
    escrowAddress: answer.escrowAddress,
    payerWallet: answer.payerWallet,
    amount: answer.amount,
  };
  checkTerms(agreement.config, agreement, "that Central gives");
  return agreement;
}
