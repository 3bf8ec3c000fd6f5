import { join } from "node:path";
import type { JobEvent, JobResult } from "@cyxwiz/engine";
import { CyxwizError } from "@cyxwiz/errors";
import type { Cluster } from "../cluster/cluster.ts";
import type { StepPrinter } from "../output/step-printer.ts";
import type { PieceEvent } from "../processes/piece.ts";
import { spawnPiece } from "../processes/spawn-piece.ts";
import { reportJobEvent } from "../train/job-reporter.ts";
import type { Stopwatch } from "./stopwatch.ts";
import { toJobEvent, toJobResult } from "./train-events.ts";

/** What the steps of a job are told under. */
const HEADINGS: Partial<Record<JobEvent["type"], string>> = {
  quoted: "2  The Engine asks for a quote; Central holds a node for 300 s",
  "escrow-created": "3  The payer's wallet signs create_escrow; Central checks it",
  connected: "4  Engine and node, directly",
  trained: "5  Weights, proof, payment",
};

/** Where the time until an event went. */
const LAPS: Partial<Record<JobEvent["type"], string>> = {
  quoted: "job and data read, quote",
  authorized: "escrow confirmed and verified",
  accepted: "data sent to the node",
  trained: "training",
  paid: "download, proof, payment",
};

/** How long an Engine that was asked to stop may take for that. */
const STOP_GRACE_MS = 3_000;

/** Runs `cyxwiz train` as a process against a cluster and shows what it tells. */
export async function trainOnce(
  cluster: Cluster,
  options: { job: string; dataDir: string; signal: AbortSignal },
  { printer, stopwatch }: { printer: StepPrinter; stopwatch: Stopwatch },
): Promise<JobResult> {
  let result: JobResult | undefined;
  let failure: PieceEvent | undefined;
  const headed = new Set<string>();
  const onEvent = (line: PieceEvent) => {
    if (line.event === "error") failure = line;
    result ??= toJobResult(line);
    const event = toJobEvent(line);
    if (!event) return;
    const heading = HEADINGS[event.type];
    if (heading !== undefined && !headed.has(event.type)) printer.heading(heading);
    headed.add(event.type);
    reportJobEvent(printer, event);
    const lap = LAPS[event.type];
    if (lap !== undefined) stopwatch.lap(lap);
  };
  const engine = await spawnPiece({
    name: "train",
    args: ["train", options.job, "--output", join(options.dataDir, "weights.safetensors")],
    env: cluster.environment,
    logFile: join(options.dataDir, "engine.log"),
    signal: options.signal,
    onEvent,
  });
  const onAbort = () => void engine.stop(STOP_GRACE_MS);
  options.signal.addEventListener("abort", onAbort, { once: true });
  if (options.signal.aborted) onAbort();
  const exit = await engine.exited;
  options.signal.removeEventListener("abort", onAbort);
  if (options.signal.aborted) throw new CyxwizError("ABORTED", { what: "The demo" });
  if (result && exit.code === 0) return result;
  const problem = failure ? `failed: ${failure.code}: ${failure.message}` : `ended with ${exit.signal ?? exit.code}`;
  throw new CyxwizError("PROCESS_FAILED", { name: "train", problem, log: engine.logFile });
}
