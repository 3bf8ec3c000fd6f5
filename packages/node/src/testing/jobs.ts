import { create } from "@bufbuild/protobuf";
import { sha256Bulk, toHex } from "@cyxwiz/proof";
import { type JobConfig, JobConfigSchema, JobType } from "@cyxwiz/protocol";
import { packDataset, type Tensor } from "@cyxwiz/training";

/** A small network for 4 features and 3 classes. */
export function modelDefinition(options: { epochs?: number; units?: number; learningRate?: number } = {}): string {
  const dense = (units: number, activation: string) => ({ class_name: "Dense", config: { units, activation } });
  const input = { class_name: "InputLayer", config: { batch_shape: [null, 4] } };
  return JSON.stringify({
    model: {
      class_name: "Sequential",
      config: { layers: [input, dense(options.units ?? 16, "relu"), dense(3, "softmax")] },
    },
    training: {
      optimizer: { class_name: "SGD", config: { learning_rate: options.learningRate ?? 0.1 } },
      loss: "sparse_categorical_crossentropy",
      batch_size: 16,
      epochs: options.epochs ?? 3,
    },
  });
}

/** Samples whose class is the largest of their first three features, in the container that travels to the node. */
export function dataset(options: { samples?: number; feature?: number; label?: number; scale?: number } = {}) {
  const { samples = 192, scale = 1 } = options;
  const features = Float32Array.from({ length: samples * 4 }, (_, i) => scale * Math.sin(i * 12.9898) ** 2);
  const labels = Int32Array.from({ length: samples }, (_, row) => {
    const [a = 0, b = 0, c = 0] = features.subarray(row * 4);
    return a >= b && a >= c ? 0 : b >= c ? 1 : 2;
  });
  if (options.label !== undefined) labels[7] = options.label;
  const split = (rows: number): { features: Tensor; labels: Tensor } => ({
    features: { dtype: "F32", shape: [rows, 4], data: features.slice(0, rows * 4) },
    labels: { dtype: "I32", shape: [rows], data: labels.slice(0, rows) },
  });
  const packed = packDataset({ train: split(samples), test: split(32) });
  // What no honest client sends: written over after packing, which would refuse it.
  if (options.feature !== undefined) {
    const needle = features[5] as number;
    const view = new DataView(packed.buffer);
    for (let at = 0; at + 4 <= packed.length; at += 4) {
      if (view.getFloat32(at, true) === needle) view.setFloat32(at, options.feature, true);
    }
  }
  return packed;
}

/** The config of a job over these bytes. */
export async function jobConfig(
  jobId: string,
  bytes: Uint8Array,
  overrides: Partial<JobConfig> = {},
): Promise<JobConfig> {
  const config = create(JobConfigSchema, {
    jobId,
    jobType: JobType.TRAINING,
    modelDefinition: modelDefinition(),
    batchSize: 16,
    epochs: 3,
    datasetSha256: toHex(await sha256Bulk(bytes)),
    datasetSamples: 192n,
    testSamples: 32n,
    seed: 7n,
  });
  return { ...config, ...overrides };
}
