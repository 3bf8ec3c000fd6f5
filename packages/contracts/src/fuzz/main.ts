/**
 * `npm run fuzz [-- --seed 1 --steps 1000000 --workers 2]`: random sequences of instructions against the programs and
 * their reference model. Prints the seeds; a failure prints the shortest sequence that shows it, and exits with 1.
 */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { Arena, describeFindings, type Findings } from "./campaign.ts";

interface Task {
  readonly seed: number;
  readonly steps: number;
}

if (isMainThread) await lead();
else parentPort?.postMessage(await (await Arena.open()).campaign(workerData as Task));

async function lead(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: String(randomInt(2 ** 31)) },
      steps: { type: "string", default: "1000000" },
      workers: { type: "string", default: "2" },
    },
  });
  const [seed, steps, workers] = [Number(values.seed), Number(values.steps), Number(values.workers)];
  if (![seed, steps, workers].every(Number.isSafeInteger) || steps < 1 || workers < 1) {
    throw new Error("--seed, --steps and --workers take whole numbers");
  }
  console.log(`seed ${seed}, ${steps} steps in ${workers} workers`);
  const tasks = Array.from({ length: workers }, (_, index) => ({
    seed: seed + index,
    steps: Math.ceil(steps / workers),
  }));
  const findings = await Promise.all(tasks.map((task) => inWorker(task)));
  for (const [index, found] of findings.entries()) console.log(describeFindings(tasks[index] as Task, found));
  printCounts(findings);
  if (findings.some(({ failure }) => failure !== undefined)) process.exitCode = 1;
}

function inWorker(task: Task): Promise<Findings> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: task });
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`a worker ended with ${code}`)));
  });
}

function printCounts(findings: readonly Findings[]): void {
  const sums = new Map<string, [number, number]>();
  for (const { counts } of findings) {
    for (const [name, [taken, refused]] of counts) {
      const sum = sums.get(name) ?? [0, 0];
      sums.set(name, [sum[0] + taken, sum[1] + refused]);
    }
  }
  for (const [name, [taken, refused]] of [...sums].sort())
    console.log(`${name.padEnd(24)} ${taken} taken, ${refused} refused`);
}
