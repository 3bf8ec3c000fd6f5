import type { JobEvent, JobResult } from "@cyxwiz/engine";
import { formatAmount } from "../options/amount.ts";
import { createProgress } from "../output/progress.ts";
import { createStyle } from "../output/style.ts";

/** Shows a job to a person: a line for each step, a bar while it trains. */
export interface JobReporter {
  event(event: JobEvent): void;
  done(result: JobResult): void;
  /** Takes the bar off the screen; nothing comes after. */
  end(): void;
}

export function createJobReporter(stream: NodeJS.WriteStream): JobReporter {
  const style = createStyle(stream);
  const progress = createProgress(stream);
  const print = (line: string) => {
    progress.clear();
    stream.write(`${line}\n`);
  };
  const step = (text: string, detail = "") =>
    print(`  ${style.good("✓")} ${text}${detail && `  ${style.dim(detail)}`}`);
  const transaction = (signature: string) => print(`      ${style.dim(`tx ${signature}`)}`);
  return {
    event(event) {
      switch (event.type) {
        case "progress":
          return progress.show(event);
        case "log":
          return event.level === "debug" ? undefined : print(`  ${style.dim(`${event.level}: ${event.message}`)}`);
        case "checkpoint":
          return step(`epoch ${event.epoch}`, describeMetrics(event.metrics, event.hash));
        default:
          step(...describeStep(event));
          if ("signature" in event && event.type !== "escrow-confirmed") transaction(event.signature);
      }
    },
    done(result) {
      print(`  weights  ${result.weightsPath}`);
      for (const line of result.receipt.lines) {
        print(`  ${line.role.padEnd(8)} ${line.wallet}  ${signed(line.change)} CYXWIZ`);
      }
    },
    end: () => progress.clear(),
  };
}

type Step = Exclude<JobEvent, { type: "progress" | "log" | "checkpoint" }>;

function describeStep(event: Step): [text: string, detail?: string] {
  switch (event.type) {
    case "quoted":
      return [`quote: ${formatAmount(event.amount)} CYXWIZ`, `node ${event.nodeWallet}, job ${event.jobId}`];
    case "escrow-created":
      return [`escrow: ${formatAmount(event.amount)} CYXWIZ`, event.escrow];
    case "escrow-confirmed":
      return ["escrow confirmed"];
    case "authorized":
      return ["Central verified the escrow and gave a token for the node", "EdDSA JWT, single use"];
    case "connected":
      return [
        `${event.again ? "reconnected" : "connected"} to the node`,
        `${event.nodeEndpoint}, certificate as on chain`,
      ];
    case "accepted":
      return ["the node took job and data", `${(event.datasetBytes / 1e6).toFixed(1)} MB`];
    case "trained":
      return ["trained", `result ${event.resultHash}`];
    case "downloaded":
      return [`weights downloaded and verified`, `${event.bytes.toLocaleString("en")} bytes`];
    case "anchored":
      return ["Merkle root on chain", event.root];
    case "paid":
      return [`paid: ${formatAmount(event.toNode)} to the node, ${formatAmount(event.toPlatform)} to the platform`];
    case "refunded":
      return [`refunded: ${formatAmount(event.amount)} CYXWIZ`];
  }
}

function describeMetrics(metrics: Readonly<Record<string, number>>, hash: string): string {
  const percent = (value: number | undefined) => (value === undefined ? "" : `${(value * 100).toFixed(2)}%`);
  const parts = [
    `loss ${metrics.loss?.toFixed(4)}`,
    metrics.accuracy === undefined ? "" : `acc ${percent(metrics.accuracy)}`,
    metrics.val_accuracy === undefined ? "" : `test acc ${percent(metrics.val_accuracy)}`,
    `checkpoint ${hash.slice(0, 16)}…`,
  ];
  return parts.filter((part) => part !== "").join("  ");
}

function signed(units: bigint): string {
  return `${units > 0n ? "+" : ""}${formatAmount(units)}`;
}
