import type { EpochCommitment } from "@cyxwiz/protocol";
import { StatusCode } from "@cyxwiz/protocol";
import type { Wallet } from "../identity/wallet.ts";
import { type Backoff, backoffMs, pause } from "../util/backoff.ts";
import type { Logger } from "../util/log.ts";
import { type CentralClient, throwWireError } from "./central-client.ts";
import { Outbox } from "./outbox.ts";

type Metrics = Readonly<Record<string, number>>;

export interface CompletionReport {
  readonly weightsUrl: string;
  /** Hex. */
  readonly resultHash: string;
  readonly weightsBytes: number;
  readonly metrics: Metrics;
  readonly elapsedSeconds: number;
  /** The Merkle root, hex. */
  readonly root: string;
}

/** All that Central is told of one job, in order and without loss. */
export class JobReports {
  readonly #central: CentralClient;
  readonly #jobId: string;
  readonly #wallet: Wallet;
  readonly #outbox: Outbox;
  readonly #log: Logger;
  readonly #signal: AbortSignal;
  readonly #backoff: Backoff;
  readonly #onStop: (reason: string) => void;
  readonly #onFinished: () => void;

  constructor(options: {
    readonly central: CentralClient;
    readonly jobId: string;
    readonly wallet: Wallet;
    readonly backoff: Backoff;
    readonly signal: AbortSignal;
    readonly log: Logger;
    /** Central does not want this job to go on. */
    readonly onStop: (reason: string) => void;
    /** The last report on this job was answered or refused. */
    readonly onFinished: () => void;
  }) {
    this.#central = options.central;
    this.#jobId = options.jobId;
    this.#wallet = options.wallet;
    this.#onStop = options.onStop;
    this.#onFinished = options.onFinished;
    this.#log = options.log.child({ jobId: options.jobId });
    this.#signal = options.signal;
    this.#backoff = options.backoff;
    this.#outbox = new Outbox({ backoff: options.backoff, signal: options.signal, log: this.#log });
  }

  get outbox(): Outbox {
    return this.#outbox;
  }

  accepted(acceptedAtSeconds: number, nodeEndpoint: string, engineAddress: string): void {
    const acceptedAt = BigInt(acceptedAtSeconds);
    this.#send("job accepted", async (signal) => {
      const report = { ...this.#ids(), acceptedAt, nodeEndpoint, engineAddress };
      throwWireError(await this.#central.call((nodes) => nodes.notifyJobAccepted(report, { signal })));
    });
  }

  /** @param fraction 0 to 1 over the whole job */
  progress(epoch: number, fraction: number, metrics: Metrics, commitments: readonly EpochCommitment[]): void {
    this.#send(`progress of epoch ${epoch}`, async (signal) => {
      const report = {
        ...this.#ids(),
        progress: fraction,
        currentEpoch: epoch,
        metrics: { ...metrics },
        checkpointHash: commitments.at(-1)?.checkpointHash ?? "",
        commitments: [...commitments],
      };
      const answer = throwWireError(await this.#central.call((nodes) => nodes.reportProgress(report, { signal })));
      if (!answer.continueJob) this.#onStop("Central asked to stop the job");
    });
  }

  /** Signs and sends the result; asks again until the payment is confirmed, so that the node's log shows it. */
  completed(report: CompletionReport): void {
    this.#send(
      "completion",
      async (signal) => {
        const text = `cyxwiz:completion:v1:${this.#jobId}:${report.resultHash}:${report.root}`;
        const request = {
          ...this.#ids(),
          result: {
            jobId: this.#jobId,
            status: StatusCode.STATUS_COMPLETED,
            modelWeightsUri: report.weightsUrl,
            modelWeightsHash: report.resultHash,
            modelSize: BigInt(report.weightsBytes),
            finalMetrics: { ...report.metrics },
            totalComputeTime: BigInt(report.elapsedSeconds),
            proofOfCompute: report.root,
          },
          signature: await this.#wallet.sign(new TextEncoder().encode(text)),
        };
        for (let attempt = 0; !this.#signal.aborted; attempt++) {
          const answer = throwWireError(
            await this.#central.call((nodes) => nodes.reportCompletion(request, { signal, timeoutMs: 60_000 })),
          );
          if (answer.status !== StatusCode.STATUS_PENDING) {
            const amount = answer.paymentAmountCyxwiz.toString();
            this.#log.info({ payment: answer.paymentTxSignature, amount }, "paid");
            return this.#onFinished();
          }
          await pause(backoffMs(this.#backoff, attempt), signal);
        }
      },
      true,
    );
  }

  failed(problem: string, cancelled: boolean, elapsedSeconds: number): void {
    this.#send(
      "failure",
      async (signal) => {
        const report = {
          ...this.#ids(),
          finalStatus: cancelled ? StatusCode.STATUS_CANCELLED : StatusCode.STATUS_FAILED,
          totalComputeTime: BigInt(elapsedSeconds),
          errorMessage: problem,
        };
        throwWireError(await this.#central.call((_nodes, status) => status.reportJobResult(report, { signal })));
        this.#onFinished();
      },
      true,
    );
  }

  #ids() {
    return { nodeId: this.#central.registration.nodeId, jobId: this.#jobId };
  }

  #send(what: string, send: (signal: AbortSignal) => Promise<void>, last = false): void {
    this.#outbox.push(what, send, (error) => {
      this.#onStop(error instanceof Error ? error.message : String(error));
      if (last) this.#onFinished();
    });
  }
}
