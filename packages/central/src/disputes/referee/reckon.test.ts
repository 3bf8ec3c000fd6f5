import { judgeParted, sha256Bulk } from "@cyxwiz/proof";
import { encodeState, initialState, openDataset, packDataset, parseTrainingSpec, replay } from "@cyxwiz/training";
import { beforeAll, expect, test } from "vitest";
import type { Material, Parted } from "./material.ts";
import { reckon } from "./reckon.ts";

const EPOCHS = 2;
const dense = { class_name: "Dense", config: { units: 2, activation: "softmax" } };
const input = { class_name: "InputLayer", config: { batch_shape: [null, 2] } };
const spec = parseTrainingSpec({
  model: { class_name: "Sequential", config: { layers: [input, dense] } },
  training: {
    ...{ optimizer: { class_name: "SGD", config: { learning_rate: 0.1 } }, loss: "sparse_categorical_crossentropy" },
    ...{ batch_size: 4, epochs: EPOCHS, seed: 1 },
  },
});
const rows = Array.from({ length: 8 }, (_, index) => index);
const source = packDataset({
  train: {
    features: { dtype: "F32", shape: [8, 2], data: Float32Array.from(rows.flatMap((row) => [row % 2, row / 8])) },
    labels: { dtype: "I32", shape: [8], data: Int32Array.from(rows.map((row) => row % 2)) },
  },
});
const dataset = openDataset(source);

/** By epoch, what honest training leaves. */
const states: Uint8Array[] = [encodeState(initialState(spec))];
const links: { stateHash: Uint8Array; metricsHash: Uint8Array; timestampSeconds: bigint }[] = [];
let resultHash: Uint8Array;

beforeAll(async () => {
  for await (const event of replay({ spec, dataset, to: EPOCHS })) {
    if (event.type === "result") resultHash = event.resultHash;
    else {
      states.push(event.stateBytes);
      links.push({ stateHash: event.stateHash, metricsHash: event.metricsHash, timestampSeconds: 0n });
    }
  }
});

type Shown = Partial<Parted["shown"]>;
type ShownLink = NonNullable<Parted["shown"]["link"]>;

/** Who has lost where the two have parted at a position, for each of what the node may have shown there. */
async function losers(position: number, ...shown: readonly Shown[]): Promise<string[]> {
  const before = states[position - 1] as Uint8Array;
  const signal = new AbortController().signal;
  const material: Material = {
    ...{ spec, data: { dataset, source }, changes: [], signal },
    ...(position > 1 && { state: before }),
  };
  const agreed = { position: position - 1, hash: new Uint8Array(32), stateHash: await sha256Bulk(before) };
  const cases = shown.map((node): Parted => {
    const at = { position, hash: new Uint8Array(32), ...node };
    return { kind: "parted", epoch: position, agreed, shown: at, claimed: undefined };
  });
  // What is right there, training tells once.
  const reckoned = await reckon(material, cases[0] as Parted);
  return cases.map((each) => judgeParted(each, reckoned));
}

test("an epoch and a result that were trained so are the node's, all others the challenger's", async () => {
  const wrong = new Uint8Array(32).fill(6);
  for (const [index, link] of links.entries()) {
    const lies = [{ link: { ...link, stateHash: wrong } }, { link: { ...link, metricsHash: wrong } }];
    expect(await losers(index + 1, { link }, ...lies)).toEqual(["challenger", "node", "node"]);
  }
  expect(await losers(EPOCHS + 1, { hash: resultHash }, { hash: wrong })).toEqual(["challenger", "node"]);
});

test("a run that ends too early, or goes on for too long, is not what was agreed", async () => {
  expect(await losers(EPOCHS, { hash: resultHash })).toEqual(["node"]);
  expect(await losers(EPOCHS + 1, { link: links[EPOCHS - 1] as ShownLink })).toEqual(["node"]);
});

test("a state that both have agreed on, and that is none, is the node's to answer for", async () => {
  const state = new Uint8Array(100);
  const link = links[1] as ShownLink;
  const shown = { position: 2, hash: new Uint8Array(32), link };
  const parted: Parted = { kind: "parted", epoch: 2, agreed: undefined, shown, claimed: undefined };
  const signal = new AbortController().signal;
  const material = { spec, data: { dataset, source }, changes: [], signal, state };
  expect(judgeParted(parted, await reckon(material, parted))).toBe("node");
});
