import { isCyxwizError } from "@cyxwiz/errors";
import { expect, test } from "vitest";
import { openDataset, packDataset } from "../data/dataset.ts";
import { changesAt, cornerImages } from "../testing/golden-job.ts";
import { smallSpec } from "../testing/small-spec.ts";
import { evaluate } from "./evaluate.ts";
import { checkChange, type ParameterChange } from "./parameters.ts";
import { decodeState, encodeState, type TrainingState } from "./state.ts";
import { train } from "./train.ts";

const dataset = openDataset(packDataset({ train: cornerImages(100), test: cornerImages(30) }));
const specOf = (training: object = {}) => smallSpec({ batch_size: 32, epochs: 3, ...training });
const spec = specOf();

async function run(changes: readonly ParameterChange[] = [], resumeFrom?: TrainingState, of = spec) {
  const options = { spec: of, dataset, changesAt: changesAt({ changes }), ...(resumeFrom && { resumeFrom }) };
  const events = await Array.fromAsync(train({ ...options, batchIntervalMs: 0 }));
  const epochs = events.flatMap((event) => (event.type === "epoch" ? [event] : []));
  return { events, epochs, states: epochs.map(({ state }) => state) };
}
const without = ({ parameters: _, ...state }: TrainingState): TrainingState => state;

test("a learning rate holds from its epoch on, as if the spec had had it there", async () => {
  const [plain, changed] = [await run(), await run([{ firstEpoch: 2, learningRate: 0.5 }])];
  expect(changed.states[0]).toEqual(plain.states[0]);
  const other = specOf({ optimizer: { class_name: "Adam", config: { learning_rate: 0.5 } } });
  const expected = await run([], plain.states[0], other);
  expect(changed.states.slice(1).map(without)).toEqual(expected.states);
  expect(changed.states.map(({ parameters }) => parameters?.learningRate)).toEqual([undefined, 0.5, 0.5]);
  expect(encodeState(changed.states[1] as TrainingState)).not.toEqual(encodeState(plain.states[1] as TrainingState));
});

test("it takes the place of a schedule, and the schedule's steps are not lost on what comes after", async () => {
  const config = { initial_learning_rate: 0.01, decay_steps: 20 };
  const cosine = specOf({
    optimizer: { class_name: "SGD", config: { learning_rate: { class_name: "CosineDecay", config } } },
  });
  const changed = await run([{ firstEpoch: 1, learningRate: 0.01 }], undefined, cosine);
  const constant = await run(
    [],
    undefined,
    specOf({ optimizer: { class_name: "SGD", config: { learning_rate: 0.01 } } }),
  );
  expect(changed.states.map(without)).toEqual(constant.states);
});

test("a batch size changes the steps of an epoch, what is told of them, and the evaluation's batches", async () => {
  const { events, epochs, states } = await run([
    { firstEpoch: 2, batchSize: 10 },
    { firstEpoch: 3, batchSize: 100 },
  ]);
  expect(states.map(({ step }) => step)).toEqual([4, 14, 15]);
  expect(states.map(({ parameters }) => parameters?.batchSize)).toEqual([
    undefined,
    { value: 10, epoch: 1, step: 4 },
    { value: 100, epoch: 2, step: 14 },
  ]);
  const batches = events.flatMap((event) =>
    event.type === "batch" ? [[event.epoch, event.batch, event.batches]] : [],
  );
  expect(batches).toHaveLength(15);
  expect(batches.slice(3, 5)).toEqual([
    [1, 4, 4],
    [2, 1, 10],
  ]);
  const evaluation = await evaluate({
    spec: specOf({ batch_size: 10 }),
    weights: epochs[1]?.state.weights as TrainingState["weights"],
    dataset,
  });
  expect(epochs[1]?.metrics).toMatchObject({ val_loss: evaluation.loss, val_accuracy: evaluation.accuracy });
  const other = await run([], states[0], specOf({ batch_size: 10 })).catch((error: unknown) => error);
  expect(isCyxwizError(other, "DATA_INVALID"), "without the change, its steps don't fit").toBe(true);
});

test("of two changes for one epoch the later counts, each for what it names", async () => {
  const both = await run([
    { firstEpoch: 2, learningRate: 0.3, batchSize: 50 },
    { firstEpoch: 2, learningRate: 0.2 },
  ]);
  expect(both.states[1]?.parameters).toEqual({ learningRate: 0.2, batchSize: { value: 50, epoch: 1, step: 4 } });
});

test("what is in force is in the state's bytes, and nothing is where nothing was changed", async () => {
  const { states } = await run([{ firstEpoch: 3, learningRate: 0.1, batchSize: 64 }]);
  const [first, , last] = states as [TrainingState, TrainingState, TrainingState];
  const header = (state: TrainingState) => new TextDecoder("latin1").decode(encodeState(state));
  expect(header(first)).not.toMatch(/learning_rate|batch_size/);
  expect(header(last)).toContain('"batch_size":"64","batch_size_epoch":"2","batch_size_step":"8"');
  expect(header(last)).toContain('"learning_rate":"0.1"');
  expect(decodeState(encodeState(last))).toEqual(last);
});

test.each<[string, Partial<ParameterChange>, string]>([
  ["no epoch", { firstEpoch: 0 }, "first_epoch"],
  ["an epoch after the last", { firstEpoch: 4 }, "first_epoch"],
  ["nothing", { firstEpoch: 1, learningRate: undefined } as never, "parameters"],
  ["a rate of zero", { learningRate: 0 }, "learning_rate"],
  ["a rate that is none", { learningRate: Number.NaN }, "learning_rate"],
  ["a huge rate", { learningRate: 1001 }, "learning_rate"],
  ["half a sample", { batchSize: 0.5 }, "batch_size"],
  ["a batch of more than the limit", { batchSize: 65_537 }, "batch_size"],
])("a change to %s is refused by name", (_, change, field) => {
  const check = () =>
    checkChange(spec, { firstEpoch: 1, ...(!("learningRate" in change) && { batchSize: 1 }), ...change });
  expect(check).toThrow(
    expect.toSatisfy((error) => isCyxwizError(error, "INVALID_FIELD") && error.context.field === field),
  );
});

test("a state with steps or parameters that no change explains is refused", async () => {
  const { states } = await run([{ firstEpoch: 2, batchSize: 10 }]);
  const state = states[1] as TrainingState;
  const refuse = async (parameters: TrainingState["parameters"], rest: Partial<TrainingState> = {}) => {
    const outcome = await run([], { ...without(state), ...(parameters && { parameters }), ...rest }).catch(
      (error) => error,
    );
    expect(isCyxwizError(outcome, "DATA_INVALID"), JSON.stringify(parameters)).toBe(true);
  };
  expect((await run([], state)).states).toHaveLength(1);
  await refuse(undefined);
  await refuse({ batchSize: { value: 10, epoch: 1, step: 4 } }, { step: 13 });
  await refuse({ batchSize: { value: 10, epoch: 2, step: 14 } });
  await refuse({ batchSize: { value: 10, epoch: 1, step: 101 } }, { step: 111 });
  await refuse({ batchSize: { value: 10, epoch: 1, step: 0 } }, { step: 10 });
  await refuse({ batchSize: { value: 0, epoch: 1, step: 4 } });
  await refuse({ ...state.parameters, learningRate: -1 });
  await refuse({ learningRate: 0.1 }, { epoch: 0, step: 0 });
});
