import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { JobResult } from "@cyxwiz/engine";
import { CyxwizError } from "@cyxwiz/errors";
import type { Cluster } from "../cluster/cluster.ts";
import { startCluster } from "../cluster/start-cluster.ts";
import type { StepPrinter } from "../output/step-printer.ts";
import type { Piece } from "../processes/piece.ts";
import { type Balances, findAccounts, readBalances } from "./balances.ts";
import { checkBalances, type Discrepancy } from "./check-balances.ts";
import { showClusterStep } from "./show-cluster-step.ts";
import { Stopwatch } from "./stopwatch.ts";
import { trainOnce } from "./train-once.ts";

export interface DemoOptions {
  /** Default: a new one under the system's temporary folder. */
  readonly dataDir: string | undefined;
  readonly job: string | undefined;
  readonly slotMs: number;
  readonly rpcUrl: string | undefined;
  readonly wsUrl: string | undefined;
  readonly databaseUrl: string | undefined;
  readonly signal: AbortSignal;
}

/** How a demo went. */
export interface DemoReport {
  readonly result: JobResult;
  readonly before: Balances;
  readonly after: Balances;
  readonly discrepancies: readonly Discrepancy[];
  readonly stopwatch: Stopwatch;
  /** Where logs, keys and the weights are. */
  readonly dataDir: string;
}

const DEFAULT_JOB = fileURLToPath(new URL("../../../../examples/mnist-mlp.json", import.meta.url));

/**
 * Starts a whole market, has one model trained on it, checks every balance, and takes it all down again.
 *
 * @throws CyxwizError `PROCESS_FAILED`, `ABORTED`, or what the job failed with.
 */
export async function runDemo(options: DemoOptions, printer: StepPrinter): Promise<DemoReport> {
  const stopwatch = new Stopwatch();
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "cyxwiz-demo-")));
  await mkdir(dataDir, { recursive: true });
  printer.line(`Everything below runs on this machine; logs, keys and data are in ${dataDir}`);
  const crash = new AbortController();
  const signal = AbortSignal.any([options.signal, crash.signal]);
  let cluster: Cluster | undefined;
  try {
    printer.heading("1  A market: chain, token, platform, Central, a node");
    cluster = await startCluster({
      dataDir,
      slotMs: options.slotMs,
      rpcUrl: options.rpcUrl,
      wsUrl: options.wsUrl,
      databaseUrl: options.databaseUrl,
      signal,
      onStep: (step) => showClusterStep(printer, stopwatch, step),
      onCrash: (piece) => crash.abort(crashOf(piece)),
    });
    const report = await buyTraining(cluster, { ...options, dataDir, signal }, { printer, stopwatch });
    return { ...report, stopwatch, dataDir };
  } catch (error) {
    // What ended the demo is the news, not what broke in its wake.
    if (options.signal.aborted) throw new CyxwizError("ABORTED", { what: "The demo" }, { cause: error });
    throw crash.signal.aborted ? crash.signal.reason : error;
  } finally {
    printer.end();
    await cluster?.close();
    if (options.dataDir === undefined) await removeBulk(dataDir);
    stopwatch.lap("stopping everything");
  }
}

async function buyTraining(
  cluster: Cluster,
  options: DemoOptions & { dataDir: string },
  show: { printer: StepPrinter; stopwatch: Stopwatch },
): Promise<Omit<DemoReport, "stopwatch" | "dataDir">> {
  const [node] = cluster.nodes;
  if (!node) throw new CyxwizError("INTERNAL", { what: "a market without nodes" });
  const accounts = await findAccounts(cluster, node);
  const before = await readBalances(cluster.chain, accounts);
  const result = await trainOnce(cluster, { ...options, job: options.job ?? DEFAULT_JOB }, show);
  const after = await readBalances(cluster.chain, accounts);
  const discrepancies = checkBalances(before, after, {
    amount: result.receipt.amount,
    feeBps: cluster.platform.feeBps,
    isWhole: cluster.localnet !== undefined,
  });
  show.stopwatch.lap("receipt from the chain");
  return { result, before, after, discrepancies };
}

function crashOf(piece: Piece): CyxwizError {
  const problem = "ended in the middle of the demo";
  return new CyxwizError("PROCESS_FAILED", { name: piece.name, problem, log: piece.logFile });
}

// Databases and ledgers of demos that nobody will look at again; logs, keys and weights are small.
async function removeBulk(dataDir: string): Promise<void> {
  for (const bulky of ["central", "localnet"]) await rm(join(dataDir, bulky), { recursive: true, force: true });
}
