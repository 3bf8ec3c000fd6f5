import { type Client, createClient } from "@connectrpc/connect";
import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import {
  AuditService,
  CENTRAL_AUDIENCE,
  createTlsTransport,
  DisputeService,
  fromWireError,
  JobStatusService,
  type NodeInfo,
  NodeService,
  ProofService,
  parseTokenPublicKey,
  type RelayCall,
  RelayService,
  signWalletToken,
  type TlsTransport,
} from "@cyxwiz/protocol";
import type { Wallet } from "../identity/wallet.ts";
import { type Environment, nowSeconds } from "../util/environment.ts";

export interface Registration {
  readonly nodeId: string;
  /** What Central's job tokens verify with. */
  readonly tokenKey: CryptoKey;
  readonly heartbeatMs: number;
}

export interface CentralClientOptions {
  /** `host:port` */
  readonly endpoint: string;
  readonly certificatePem: string | undefined;
  readonly wallet: Wallet;
  /** The node's own TLS certificate (PEM). */
  readonly nodeCertificatePem: string;
  readonly describe: () => NodeInfo;
  readonly callTimeoutMs: number;
  readonly environment: Environment;
}

/** Talks to Central as one node: proves who it is, keeps the session, and takes a new one when the old has ended. */
export class CentralClient {
  readonly #options: CentralClientOptions;
  readonly #transport: TlsTransport;
  readonly #nodes: Client<typeof NodeService>;
  readonly #status: Client<typeof JobStatusService>;
  readonly #relay: Client<typeof RelayService>;
  /** Calls that need no session. */
  readonly proofs: Client<typeof ProofService>;
  /** To be called within {@link call}. */
  readonly audits: Client<typeof AuditService>;
  /** To be called within {@link call}. */
  readonly disputes: Client<typeof DisputeService>;
  #sessionToken: string | undefined;
  #registration: Registration | undefined;
  #registering: Promise<Registration> | undefined;

  constructor(options: CentralClientOptions) {
    this.#options = options;
    this.#transport = createTlsTransport({
      peer: "Central",
      baseUrl: `https://${options.endpoint}`,
      ...(options.certificatePem === undefined ? {} : { certificatePem: options.certificatePem }),
      bearerToken: () => this.#sessionToken,
      defaultTimeoutMs: options.callTimeoutMs,
      maxMessageBytes: 16 * 1024 * 1024,
    });
    this.#nodes = createClient(NodeService, this.#transport.transport);
    this.#status = createClient(JobStatusService, this.#transport.transport);
    this.proofs = createClient(ProofService, this.#transport.transport);
    this.audits = createClient(AuditService, this.#transport.transport);
    this.disputes = createClient(DisputeService, this.#transport.transport);
    this.#relay = createClient(RelayService, this.#transport.transport);
  }

  /** Where Central is and what it must show there. */
  get address(): { readonly url: string; readonly certificatePem: string | undefined } {
    return { url: `https://${this.#options.endpoint}`, certificatePem: this.#options.certificatePem };
  }

  /** The session's token; empty before the first registration. */
  get session(): string {
    return this.#sessionToken ?? "";
  }

  /** What the last registration gave. Throws UNREACHABLE before the first. */
  get registration(): Registration {
    if (this.#registration) return this.#registration;
    const cause = "the node has not registered yet";
    throw new CyxwizError("UNREACHABLE", { peer: "Central", address: this.#options.endpoint, cause });
  }

  /** One attempt; calls at the same time share it. */
  register(): Promise<Registration> {
    this.#registering ??= this.#register().finally(() => {
      this.#registering = undefined;
    });
    return this.#registering;
  }

  /** A call with the session; if Central no longer knows the session, once more with a new one. */
  async call<T>(send: (nodes: Client<typeof NodeService>, status: Client<typeof JobStatusService>) => Promise<T>) {
    const before = this.#sessionToken;
    try {
      return await send(this.#nodes, this.#status);
    } catch (error) {
      if (!isCyxwizError(error) || error.status !== "UNAUTHENTICATED") throw error;
      if (this.#sessionToken === before) await this.register();
      return await send(this.#nodes, this.#status);
    }
  }

  /** Who wants to be connected to this node, from Central's greeting on, until the signal ends it. */
  async listen(signal: AbortSignal): Promise<AsyncIterable<RelayCall>> {
    return this.call(async () => {
      const calls = this.#relay.listen({}, { signal, timeoutMs: 0 })[Symbol.asyncIterator]();
      // That Central no longer knows the session shows only here.
      const greeting = await calls.next();
      return (async function* () {
        if (greeting.done) return;
        yield greeting.value;
        yield* { [Symbol.asyncIterator]: () => calls };
      })();
    });
  }

  close(): void {
    this.#transport.close();
  }

  async #register(): Promise<Registration> {
    const { wallet, environment } = this.#options;
    const authenticationToken = await signWalletToken({
      wallet: wallet.address,
      privateKey: wallet.signer.keyPair.privateKey,
      audience: CENTRAL_AUDIENCE,
      nowSeconds: nowSeconds(environment),
    });
    const response = await this.#nodes.registerNode({
      info: this.#options.describe(),
      authenticationToken,
      publicKey: wallet.publicKey,
      certificatePem: this.#options.nodeCertificatePem,
    });
    throwWireError(response);
    const registration = {
      nodeId: response.nodeId,
      tokenKey: await parseTokenPublicKey(response.tokenPublicKeyJwk),
      heartbeatMs: (response.heartbeatIntervalSeconds || 10) * 1000,
    };
    this.#sessionToken = response.sessionToken;
    this.#registration = registration;
    return registration;
  }
}

/** Some failures come inside an answer. */
export function throwWireError<T extends { readonly error?: Parameters<typeof fromWireError>[0] }>(response: T): T {
  const error = fromWireError(response.error);
  if (error) throw error;
  return response;
}
