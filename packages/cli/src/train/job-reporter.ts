import type { JobEvent, JobResult } from "@cyxwiz/engine";
import { formatAmount, formatChange } from "../options/amount.ts";
import type { StepPrinter } from "../output/step-printer.ts";
import { formatTime } from "../output/time.ts";

/** Shows what happens to a job. */
export function reportJobEvent(printer: StepPrinter, event: JobEvent): void {
  switch (event.type) {
    case "progress":
      printer.progress(event);
      return;
    case "log":
      if (event.level !== "debug" && event.level !== "info") printer.line(`  ${event.level}: ${event.message}`);
      return;
    default:
      printer.step(...describe(event));
      if ("signature" in event && event.type !== "escrow-confirmed") printer.transaction(event.signature);
  }
}

/** Shows how a job ended: what it cost whom, as the chain has it. */
export function reportJobResult(printer: StepPrinter, { receipt, weightsPath }: JobResult): void {
  printer.heading("Receipt");
  for (const { role, wallet, change } of receipt.lines) {
    printer.line(`  ${role.padEnd(9)}${wallet.padEnd(46)}${formatChange(change).padStart(16)} CYXWIZ`);
  }
  printer.line(`  weights  ${weightsPath}`);
}

type Step = Exclude<JobEvent, { type: "progress" | "log" }>;

function describe(event: Step): [text: string, detail?: string] {
  switch (event.type) {
    case "quoted":
      return [`${formatAmount(event.amount)} CYXWIZ on node ${event.nodeWallet}`, `job ${event.jobId}`];
    case "escrow-created":
      return [`create_escrow: ${formatAmount(event.amount)} CYXWIZ`, `escrow ${event.escrow}`];
    case "escrow-confirmed":
      return ["the escrow is confirmed"];
    case "authorized":
      return ["Central checked the escrow on chain and gave a token", "EdDSA JWT, single use, 5 minutes"];
    case "connected":
      return [
        `${event.again ? "reconnected" : "connected"} to ${event.nodeEndpoint}${event.route === "relay" ? " through Central" : ""}`,
        "its certificate is the one on chain",
      ];
    case "accepted":
      return ["the node took the job", `${(event.datasetBytes / 1e6).toFixed(1)} MB of data`];
    case "checkpoint":
      return [`epoch ${event.epoch}: ${describeMetrics(event.metrics)}`, `checkpoint ${event.hash.slice(0, 16)}…`];
    case "trained":
      return ["training complete", `result ${event.resultHash.slice(0, 16)}…`];
    case "downloaded":
      return ["weights downloaded, their hash is the result's", `${event.bytes.toLocaleString("en")} bytes`];
    case "anchored":
      return ["Merkle root on chain", `${event.root.slice(0, 16)}…`];
    case "audit": {
      const who = event.auditorNodeId === "" ? "Central" : `node ${event.auditorNodeId}`;
      const which = `${event.epochs.length === 1 ? "epoch" : "epochs"} ${event.epochs.join(", ")}`;
      if (event.state === "open") return [`audit: ${which} drawn`, `trained again by ${who} before the node is paid`];
      return [`audited: ${which} trained again, to the same bits`];
    }
    case "proven":
      return [
        `proven: the node is paid from ${formatTime(BigInt(event.payableFromSeconds))} on`,
        "until then: `cyxwiz verify`, `cyxwiz job dispute`; `cyxwiz wallet approve` pays at once",
      ];
    case "paid":
      return [`paid: ${formatAmount(event.toNode)} to the node, ${formatAmount(event.toPlatform)} to the platform`];
    case "refunded":
      return [`refunded: ${formatAmount(event.amount)} CYXWIZ`];
  }
}

function describeMetrics(metrics: Readonly<Record<string, number>>): string {
  const percent = (value: number) => `${(value * 100).toFixed(2)}%`;
  const { loss, accuracy, val_accuracy: testAccuracy } = metrics;
  const parts = [
    ...(loss === undefined ? [] : [`loss ${loss.toFixed(4)}`]),
    ...(accuracy === undefined ? [] : [`accuracy ${percent(accuracy)}`]),
    ...(testAccuracy === undefined ? [] : [`test ${percent(testAccuracy)}`]),
  ];
  return parts.join(", ");
}
