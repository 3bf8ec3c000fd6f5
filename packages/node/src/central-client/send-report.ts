import { type Backoff, backoffMs } from "@cyxwiz/chain";
import { completionClaim } from "@cyxwiz/proof";
import { StatusCode } from "@cyxwiz/protocol";
import type { Wallet } from "../identity/wallet.ts";
import type { Logger } from "../util/log.ts";
import { pause } from "../util/retry.ts";
import { type CentralClient, throwWireError } from "./central-client.ts";
import type { Report } from "./report.ts";

const COMPLETION_TIMEOUT_MS = 60_000;

export interface ReportSender {
  readonly central: CentralClient;
  readonly jobId: string;
  readonly wallet: Wallet;
  readonly backoff: Backoff;
  readonly log: Logger;
  /** Central does not want this job to go on. */
  readonly onStop: (reason: string) => void;
}

/** One attempt to bring a report to Central. */
export async function sendReport(sender: ReportSender, report: Report, signal: AbortSignal): Promise<void> {
  const { central, jobId } = sender;
  const ids = { nodeId: central.registration.nodeId, jobId };
  switch (report.type) {
    case "accepted": {
      const { nodeEndpoint, engineAddress } = report;
      const request = { ...ids, nodeEndpoint, engineAddress, acceptedAt: BigInt(report.atSeconds) };
      throwWireError(await central.call((nodes) => nodes.notifyJobAccepted(request, { signal })));
      return;
    }
    case "progress": {
      const request = {
        ...ids,
        progress: report.fraction,
        currentEpoch: report.epoch,
        metrics: { ...report.metrics },
        checkpointHash: report.links.at(-1)?.checkpointHash ?? "",
        commitments: report.links.map((link) => ({
          ...link,
          timestamp: BigInt(link.timestampSeconds),
          orders: (link.orders ?? []).map((order) => ({ ...order, signature: Buffer.from(order.signature, "hex") })),
        })),
      };
      const answer = throwWireError(await central.call((nodes) => nodes.reportProgress(request, { signal })));
      if (!answer.continueJob) sender.onStop("Central asked to stop the job");
      return;
    }
    case "completed":
      return sendCompletion(sender, report, signal);
    case "failed": {
      const request = {
        ...ids,
        finalStatus: report.cancelled ? StatusCode.STATUS_CANCELLED : StatusCode.STATUS_FAILED,
        totalComputeTime: BigInt(report.elapsedSeconds),
        errorMessage: report.problem,
        cancelSignature: Buffer.from(report.cancelSignature ?? "", "hex"),
      };
      throwWireError(await central.call((_nodes, status) => status.reportJobResult(request, { signal })));
    }
  }
}

/** Signs and sends the result, and asks again until it is decided whether the node is paid. */
async function sendCompletion(
  sender: ReportSender,
  report: Extract<Report, { type: "completed" }>,
  signal: AbortSignal,
): Promise<void> {
  const { central, jobId, wallet, log } = sender;
  const request = {
    nodeId: central.registration.nodeId,
    jobId,
    result: {
      jobId,
      status: StatusCode.STATUS_COMPLETED,
      modelWeightsUri: report.weightsUrl,
      modelWeightsHash: report.resultHash,
      modelSize: BigInt(report.weightsBytes),
      finalMetrics: { ...report.metrics },
      totalComputeTime: BigInt(report.elapsedSeconds),
      proofOfCompute: report.root,
    },
    signature: await wallet.sign(completionClaim({ jobId, resultHash: report.resultHash, root: report.root })),
  };
  for (let attempt = 0; !signal.aborted; attempt++) {
    const answer = throwWireError(
      await central.call((nodes) => nodes.reportCompletion(request, { signal, timeoutMs: COMPLETION_TIMEOUT_MS })),
    );
    if (answer.status !== StatusCode.STATUS_PENDING) {
      const paid = answer.status === StatusCode.STATUS_COMPLETED;
      const amount = answer.paymentAmountCyxwiz.toString();
      log.info({ status: answer.status, payment: answer.paymentTxSignature, amount }, paid ? "paid" : "not paid");
      return;
    }
    await pause(backoffMs(sender.backoff, attempt + 1), signal);
  }
}
