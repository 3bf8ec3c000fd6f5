import { type CompiledModel, compileModel } from "../backend/compile-model.ts";
import type { TrainingSpec } from "../spec/types.ts";
import { BatchFiller, batchCount } from "./batches.ts";
import { DropoutMasks } from "./dropout-masks.ts";
import { StepSize } from "./step-size.ts";
import type { Part } from "./validation.ts";

/** The numbers of a model, in the orders of {@link CompiledModel}. */
interface Arrays {
  readonly weights: readonly Float32Array<ArrayBufferLike>[];
  readonly slots: readonly Float32Array<ArrayBufferLike>[];
}

/** What follows from the parameters in force, and is made anew where they change. */
export class Setup {
  readonly spec: TrainingSpec;
  readonly part: Part;
  readonly model: CompiledModel;
  readonly filler: BatchFiller;
  readonly masks: DropoutMasks;
  readonly stepSize: StepSize;

  private constructor(spec: TrainingSpec, part: Part, model: CompiledModel, stepsDone: number) {
    this.spec = spec;
    this.part = part;
    this.model = model;
    this.filler = new BatchFiller(part, spec, { weighted: true });
    this.masks = new DropoutMasks(spec);
    this.stepSize = new StepSize(spec.training.optimizer, stepsDone);
  }

  /** @param spec with what is in force. */
  static async of(spec: TrainingSpec, part: Part, { weights, slots }: Arrays, stepsDone: number): Promise<Setup> {
    return new Setup(spec, part, await compileModel(spec, weights, slots), stepsDone);
  }

  get batchSize(): number {
    return this.spec.training.batch_size;
  }

  /** Steps an epoch. */
  get batches(): number {
    return batchCount(this.part.rows.length, this.batchSize);
  }

  /** The same model with other parameters, and the same bits as a run that is resumed there. Takes the model over. */
  async changed(spec: TrainingSpec, stepsDone: number): Promise<Setup> {
    // The learning rate is handed in with every step; the batch size is compiled in.
    if (spec.training.batch_size === this.batchSize) return new Setup(spec, this.part, this.model, stepsDone);
    const arrays = { weights: this.model.readWeights(), slots: this.model.readSlots() };
    this.model.dispose();
    return Setup.of(spec, this.part, arrays, stepsDone);
  }
}
