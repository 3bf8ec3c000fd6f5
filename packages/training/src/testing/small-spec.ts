import { parseTrainingSpec } from "../spec/parse-spec.ts";
import type { TrainingSpec } from "../spec/types.ts";

/** One dense layer for `cornerImages`, trained for two epochs with what is named besides. */
export function smallSpec(training: object = {}): TrainingSpec {
  return parseTrainingSpec({
    model: {
      class_name: "Sequential",
      config: {
        layers: [
          { class_name: "InputLayer", config: { batch_shape: [null, 81] } },
          { class_name: "Rescaling", config: { scale: 1 / 255 } },
          { class_name: "Dense", config: { units: 4, activation: "softmax" } },
        ],
      },
    },
    training: {
      optimizer: { class_name: "Adam", config: { learning_rate: 0.01 } },
      loss: "sparse_categorical_crossentropy",
      epochs: 2,
      ...training,
    },
  });
}
