export { type DataSpec, dataSpecSchema } from "./files/data-spec.ts";
export { type DatasetFile, openDatasetFile } from "./files/dataset-file.ts";
export { hashFile } from "./files/hash-file.ts";
export { type LoadedDataset, loadDataset, parseDataSpec } from "./files/load-dataset.ts";
export { resolveSource } from "./files/read-source.ts";
export { type ScannedDataset, scanDataset } from "./files/scan-dataset.ts";
export type { DatasetSource, ResourceUsage, WorkerEvent } from "./worker/messages.ts";
export { type TrainInWorkerOptions, type TrainingRun, trainInWorker } from "./worker/train-in-worker.ts";
export { trainerInWorker } from "./worker/trainer-in-worker.ts";
