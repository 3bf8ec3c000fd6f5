import { join } from "node:path";
import { CyxwizError } from "@cyxwiz/errors";
import { hashJobTerms } from "@cyxwiz/proof";
import {
  AUDIT_TOKEN_LIFETIME_SECONDS,
  type JobConfig,
  JobStatusService,
  loadOrCreateCertificate,
  NodeService,
  type ReportCompletionRequest,
  type ReportJobResultRequest,
  type ReportProgressRequest,
  StatusCode,
  signAuditToken,
  signJobToken,
  startTlsServer,
  type TlsServer,
  verifyWalletToken,
} from "@cyxwiz/protocol";
import { getAddressEncoder } from "@solana/kit";

const NODE_ID = "11111111-2222-4333-8444-555555555555";

/**
 * The other end of the node's calls to Central: real sockets, real certificates, real tokens, and just enough memory
 * to see what the node said.
 */
export class CentralPeer {
  readonly progress: ReportProgressRequest[] = [];
  readonly completions: ReportCompletionRequest[] = [];
  readonly results: ReportJobResultRequest[] = [];
  readonly accepted: string[] = [];
  readonly heartbeats: string[][] = [];
  /** Jobs that are over. */
  readonly over = new Set<string>();
  /** Held, as the last heartbeat has it. */
  pausedJobs: readonly string[] = [];
  /** As the last heartbeat has it. */
  heldForWallet = "";
  registrations = 0;
  jobsToCancel: string[] = [];
  continueJob = true;
  /** Added to its clock. */
  clockAheadMs = 0;
  /** Throws from it to make a call fail. */
  intercept: (method: string) => void = () => {};
  readonly #directory: string;
  readonly #keys: CryptoKeyPair;
  readonly #offers = new Map<string, { config: JobConfig; escrow: string; payer: string; amount: bigint }>();
  readonly #redeemed = new Set<string>();
  readonly #listeners = new Set<() => void>();
  #server: TlsServer | undefined;
  #session = "";
  #port = 0;
  certificatePem = "";

  private constructor(directory: string, keys: CryptoKeyPair) {
    this.#directory = directory;
    this.#keys = keys;
  }

  static async start(directory: string): Promise<CentralPeer> {
    const keys = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
    const peer = new CentralPeer(directory, keys);
    await peer.open();
    return peer;
  }

  get endpoint(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** What a job is, as Central and the payer have agreed on it. */
  offer(jobId: string, offer: { config: JobConfig; escrow: string; payer: string; amount: bigint }): void {
    this.#offers.set(jobId, offer);
  }

  token(jobId: string, options: { nodeId?: string; nowMs?: number; key?: CryptoKey } = {}): Promise<string> {
    const nowSeconds = Math.floor((options.nowMs ?? Date.now()) / 1000);
    const token = {
      jobId,
      nodeId: options.nodeId ?? NODE_ID,
      tokenId: crypto.randomUUID(),
      expiresAtSeconds: nowSeconds + 300,
    };
    return signJobToken(token, { privateKey: options.key ?? this.#keys.privateKey, nowSeconds });
  }

  /** An audit token, as Central gives the payer and auditors. */
  auditToken(jobId: string, options: { nodeId?: string; nowMs?: number; key?: CryptoKey } = {}): Promise<string> {
    const nowSeconds = Math.floor((options.nowMs ?? Date.now()) / 1000);
    const token = {
      jobId,
      nodeId: options.nodeId ?? NODE_ID,
      tokenId: crypto.randomUUID(),
      expiresAtSeconds: nowSeconds + AUDIT_TOKEN_LIFETIME_SECONDS,
    };
    return signAuditToken(token, { privateKey: options.key ?? this.#keys.privateKey, nowSeconds });
  }

  /** Forgets the node's session, as a restarted Central may. */
  forgetSession(): void {
    this.#session = "";
  }

  /** Resolves once something holds; looked at whenever the node has called. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        const listener = () => {
          this.#listeners.delete(listener);
          resolve();
        };
        this.#listeners.add(listener);
      });
    }
  }

  async open(): Promise<void> {
    const certificate = await loadOrCreateCertificate({
      directory: join(this.#directory, "central"),
      commonName: "central",
      hosts: ["127.0.0.1"],
    });
    this.certificatePem = certificate.certificatePem;
    this.#server = await startTlsServer({
      host: "127.0.0.1",
      port: this.#port,
      certificate,
      maxMessageBytes: 1 << 20,
      onUnexpected: (error) => console.error(error),
      routes: (router) => {
        router.service(NodeService, {
          registerNode: async (request) => {
            this.intercept("registerNode");
            await verifyWalletToken(request.authenticationToken, {
              audience: "cyxwiz-central",
              nowSeconds: Math.floor((Date.now() + this.clockAheadMs) / 1000),
              decodeAddress: (wallet) => new Uint8Array(getAddressEncoder().encode(wallet as never)),
            });
            this.registrations++;
            this.#session = crypto.randomUUID();
            const jwk = await crypto.subtle.exportKey("jwk", this.#keys.publicKey);
            this.#notify();
            return {
              status: StatusCode.STATUS_SUCCESS,
              nodeId: NODE_ID,
              sessionToken: this.#session,
              tokenPublicKeyJwk: JSON.stringify(jwk),
              heartbeatIntervalSeconds: 1,
            };
          },
          heartbeat: (request, context) => {
            this.#check("heartbeat", context.requestHeader);
            this.heartbeats.push(request.activeJobs);
            this.pausedJobs = request.pausedJobs;
            this.heldForWallet = request.heldForWallet;
            this.#notify();
            return { status: StatusCode.STATUS_SUCCESS, keepAlive: true, jobsToCancel: this.jobsToCancel };
          },
          redeemToken: (request, context) => {
            this.#check("redeemToken", context.requestHeader);
            const jobId = request.authToken === "" ? request.jobId : jobOf(request.authToken);
            const token = request.authToken || `of ${request.previousJobId}: ${jobId}`;
            const offer = this.#offers.get(jobId);
            if (!offer) throw new CyxwizError("JOB_NOT_FOUND", { jobId });
            if (this.#redeemed.has(token)) throw new CyxwizError("TOKEN_ALREADY_USED", {});
            this.#redeemed.add(token);
            return {
              status: StatusCode.STATUS_SUCCESS,
              jobId,
              config: offer.config,
              termsHash: hashJobTerms({ ...offer.config, jobId }),
              escrowAddress: offer.escrow,
              payerWallet: offer.payer,
              amount: offer.amount,
              over: this.over.has(jobId),
            };
          },
          notifyJobAccepted: (request, context) => {
            this.#check("notifyJobAccepted", context.requestHeader);
            this.accepted.push(request.jobId);
            this.#notify();
            return { status: StatusCode.STATUS_SUCCESS, acknowledged: true };
          },
          reportProgress: (request, context) => {
            this.#check("reportProgress", context.requestHeader);
            this.progress.push(request);
            this.#notify();
            return { status: StatusCode.STATUS_SUCCESS, continueJob: this.continueJob };
          },
          reportCompletion: (request, context) => {
            this.#check("reportCompletion", context.requestHeader);
            this.completions.push(request);
            this.#notify();
            return { status: StatusCode.STATUS_COMPLETED, paymentTxSignature: "paid", paymentAmountCyxwiz: 9n };
          },
        });
        router.service(JobStatusService, {
          reportJobResult: (request, context) => {
            this.#check("reportJobResult", context.requestHeader);
            this.results.push(request);
            this.#notify();
            return { status: StatusCode.STATUS_SUCCESS };
          },
        });
      },
    });
    this.#port = this.#server.port;
  }

  async close(): Promise<void> {
    await this.#server?.close(0);
  }

  #check(method: string, headers: Headers): void {
    this.intercept(method);
    if (this.#session === "" || headers.get("authorization") !== `Bearer ${this.#session}`) {
      throw new CyxwizError("TOKEN_INVALID", { reason: "no such session" });
    }
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

function jobOf(token: string): string {
  const payload = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")) as { sub: string };
  return payload.sub;
}
