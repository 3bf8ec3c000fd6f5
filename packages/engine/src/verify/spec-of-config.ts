import { CyxwizError } from "@cyxwiz/errors";
import type { JobConfig } from "@cyxwiz/protocol";
import { parseModelDefinition, type TrainingSpec } from "@cyxwiz/training";

/** What a job's config says is to be trained. Throws MODEL_INVALID or INVALID_FIELD. */
export function specOfConfig(config: JobConfig): TrainingSpec {
  if (config.seed > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new CyxwizError("INVALID_FIELD", { field: "seed", problem: "must be below 2^53" });
  }
  return parseModelDefinition(config.modelDefinition, {
    batchSize: config.batchSize,
    epochs: config.epochs,
    seed: Number(config.seed),
    hyperparameters: config.hyperparameters,
  });
}
