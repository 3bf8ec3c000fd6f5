export { checkDataset } from "./data/check-dataset.ts";
export { type ContainerLayout, layoutOf, type PartPlace, type SplitPlace } from "./data/container-layout.ts";
export { type CsvOptions, readCsv } from "./data/csv.ts";
export {
  CONTAINER_METADATA,
  type Dataset,
  type Features,
  type Labels,
  openDataset,
  packDataset,
  type Split,
  type SplitSource,
} from "./data/dataset.ts";
export { gunzip, looksLikeGzip } from "./data/gunzip.ts";
export { readIdx } from "./data/idx.ts";
export { readNpy } from "./data/npy.ts";
export {
  decodeHeader,
  decodeSafetensors,
  encodeHeader,
  encodeSafetensors,
  headerEnd,
  type SafetensorsFile,
  type SafetensorsHeader,
  type TensorPlace,
  type TensorShape,
} from "./data/safetensors.ts";
export { DTYPE_BYTES, type DType, type Tensor, type TensorOf, type Tensors } from "./data/tensor.ts";
export { type TextFile, textLines, textWindows } from "./data/text.ts";
export type { StoredTensor, TrainingData, TrainingDType, TrainingSplit } from "./data/training-data.ts";
export { type JobModelSettings, parseModelDefinition, translateLegacyModel } from "./legacy/parse-model-definition.ts";
export { type JobModel, specOfJob } from "./legacy/spec-of-job.ts";
export { describeDifference } from "./replay/describe-difference.ts";
export { compareMetrics, compareStates, type MetricDifference, type StateDifference } from "./replay/difference.ts";
export {
  isOver,
  type ReplayedEpoch,
  type ReplayedResult,
  type ReplayOptions,
  replay,
  type Trainer,
} from "./replay/replay.ts";
export {
  type ClaimedEpoch,
  type Difference,
  type EpochVerdict,
  type VerifyEpochsOptions,
  verifyEpochs,
} from "./replay/verify-epochs.ts";
export { estimateWork, type WorkEstimate } from "./spec/estimate-work.ts";
export { inferShapes, type LayerShape, type ModelShapes, type WeightShape } from "./spec/infer-shapes.ts";
export { SPEC_LIMITS } from "./spec/limits.ts";
export { parseTrainingSpec } from "./spec/parse-spec.ts";
export type { JobSettings } from "./spec/parse-training.ts";
export type * from "./spec/types.ts";
export { bestEpoch, lastEpoch } from "./trainer/early-stop.ts";
export { type Evaluation, evaluate } from "./trainer/evaluate.ts";
export type { BatchEvent, DoneEvent, EpochEvent, EpochMetrics, TrainEvent } from "./trainer/events.ts";
export { changeOf, judgeOrder, type OrderedParameters, type OrderProblem } from "./trainer/judge-order.ts";
export {
  type BatchSizeInForce,
  checkChange,
  type ParameterChange,
  type ParametersInForce,
  specInForce,
} from "./trainer/parameters.ts";
export {
  decodeState,
  encodeState,
  encodeWeights,
  initialState,
  type TrainingState,
  type Weights,
} from "./trainer/state.ts";
export { type TrainOptions, train } from "./trainer/train.ts";
