import { parentPort, workerData } from "node:worker_threads";
import { isCyxwizError } from "@cyxwiz/errors";
import { openDataset } from "../data/dataset.ts";
import { openDatasetFile } from "../files/dataset-file.ts";
import type { TrainEvent } from "../trainer/events.ts";
import { train } from "../trainer/train.ts";
import { Control } from "./control.ts";
import type { ResourceUsage, SerializedError, WorkerInput, WorkerMessage } from "./messages.ts";

/** The thread that trains: one run, then it ends, which is the only way to give WebAssembly memory back. */
const { spec, dataset, resumeFrom, batchIntervalMs, control: shared } = workerData as WorkerInput;
const control = new Control(shared);

function send(message: WorkerMessage, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

/** The arrays of an event belong to its receiver, so they move instead of being copied. */
function arraysOf(event: TrainEvent): ArrayBuffer[] {
  if (event.type === "batch") return [];
  const tensors =
    event.type === "epoch"
      ? [event.state.weights, event.state.optimizer, event.state.best?.weights ?? new Map()].flatMap((tensors) => [
          ...tensors.values(),
        ])
      : event.weights.values();
  return Array.from(tensors, ({ data }) => data.buffer as ArrayBuffer);
}

let heldMs = 0;

/** Time in which training is held says nothing about its speed. */
function waitWhilePaused(): void {
  if (!control.paused) return;
  const sinceMs = performance.now();
  control.waitWhilePaused();
  heldMs += performance.now() - sinceMs;
}

let lastCpu = process.threadCpuUsage();
let lastMs = performance.now();
let cpuCores = 0;

/** Below this span a share of processor time says nothing; the last one is given again. */
const SHORTEST_SPAN_MS = 50;

function usage(): ResourceUsage {
  const now = performance.now();
  if (now - lastMs >= SHORTEST_SPAN_MS) {
    const cpu = process.threadCpuUsage();
    cpuCores = (cpu.user - lastCpu.user + cpu.system - lastCpu.system) / 1000 / (now - lastMs);
    lastCpu = cpu;
    lastMs = now;
  }
  return { cpuCores, residentBytes: process.memoryUsage.rss() };
}

function serialize(error: unknown): SerializedError {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  if (!isCyxwizError(error)) return { message, stack };
  return { message, stack, code: error.code, context: error.context };
}

try {
  const options = {
    spec,
    dataset: "path" in dataset ? openDatasetFile(dataset.path) : openDataset(dataset),
    onReady: waitWhilePaused,
    onStep: waitWhilePaused,
    nowMs: () => performance.now() - heldMs,
    changesAt: (epoch: number) => control.begin(epoch),
    ...(resumeFrom && { resumeFrom }),
    ...(batchIntervalMs !== undefined && { batchIntervalMs }),
  };
  for await (const event of train(options)) {
    send({ type: "event", event: { ...event, usage: usage() } }, arraysOf(event));
  }
  send({ type: "end" });
} catch (error) {
  send({ type: "error", error: serialize(error) });
}
