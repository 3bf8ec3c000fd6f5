export { createEngine, type Engine, type EngineOptions } from "./engine.ts";
export { cancelEscrow, type MadeEscrow, type ManualEscrowOptions, makeEscrow } from "./escrow/manual-escrow.ts";
export type { JobEvent, JobEventOf, Metrics, TrainingProgressEvent } from "./events/job-event.ts";
export { type JobFile, loadJobFile, parseJobFile } from "./job/job-file.ts";
export type { JobHandle, JobResult } from "./job/job-handle.ts";
export type { JobRequest, Priority } from "./job/job-request.ts";
export type { Receipt, ReceiptLine } from "./receipt/receipt.ts";
export type { Recovery } from "./stages/recover-funds.ts";
export { downloadWeights, type WeightsDownload } from "./weights/download-weights.ts";
