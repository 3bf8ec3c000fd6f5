export { type DataSpec, dataSpecSchema } from "./files/data-spec.ts";
export { type LoadedDataset, loadDataset, parseDataSpec } from "./files/load-dataset.ts";
export type { ResourceUsage, WorkerEvent } from "./worker/messages.ts";
export { type TrainInWorkerOptions, type TrainingRun, trainInWorker } from "./worker/train-in-worker.ts";
export { trainerInWorker } from "./worker/trainer-in-worker.ts";
