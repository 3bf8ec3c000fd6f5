import type { TrainingData } from "../data/training-data.ts";
import type { TrainingSpec } from "../spec/types.ts";
import { batchCount } from "../trainer/batches.ts";
import { changed, type ParameterChange, type ParametersInForce, specInForce } from "../trainer/parameters.ts";
import { partsOf } from "../trainer/validation.ts";

/** What must be in force after an epoch, by all changes that the job has had. */
export function parametersAfter(
  epoch: number,
  { spec, dataset, changes }: { spec: TrainingSpec; dataset: TrainingData; changes: readonly ParameterChange[] },
): ParametersInForce | undefined {
  const samples = partsOf(dataset, spec).train.rows.length;
  let inForce: ParametersInForce | undefined;
  let at = { epoch: 0, step: 0 };
  const firsts = [...new Set(changes.map(({ firstEpoch }) => firstEpoch))].sort((a, b) => a - b);
  for (const first of firsts.filter((each) => each <= epoch)) {
    const perEpoch = batchCount(samples, specInForce(spec, inForce).training.batch_size);
    at = { epoch: first - 1, step: at.step + (first - 1 - at.epoch) * perEpoch };
    const own = changes.filter(({ firstEpoch }) => firstEpoch === first);
    inForce = changed(inForce, own, at);
  }
  return inForce;
}
