import { signBytes } from "@cyxwiz/chain";
import { jobIdToBytes } from "@cyxwiz/contracts";
import { isCyxwizError } from "@cyxwiz/errors";
import { encodeParameterOrder, toHex } from "@cyxwiz/proof";
import { parseTrainingSpec } from "@cyxwiz/training";
import { generateKeyPairSigner } from "@solana/kit";
import { expect, test } from "vitest";
import { changesOf, parseNodeProof } from "./node-proof.ts";

const jobId = "0190d5a2-0000-7000-8000-000000000001";
const layers = [
  { class_name: "InputLayer", config: { batch_shape: [null, 4] } },
  { class_name: "Dense", config: { units: 2, activation: "softmax" } },
];
const spec = parseTrainingSpec({
  model: { class_name: "Sequential", config: { layers } },
  training: {
    optimizer: { class_name: "SGD", config: { learning_rate: 0.1 } },
    loss: "sparse_categorical_crossentropy",
    epochs: 10,
  },
});

test("a change counts that the payer signed, or that leaves the work as it is", async () => {
  const payer = await generateKeyPairSigner();
  const order = async (firstEpoch: number, parameters: Record<string, number>, signer = payer) => {
    const bytes = encodeParameterOrder({ jobId: jobIdToBytes(jobId), firstEpoch, parameters });
    return { firstEpoch, parameters, signature: toHex(await signBytes(signer, bytes)) };
  };
  const judge = (...orders: Parameters<typeof changesOf>[0]) =>
    changesOf(orders, { jobId, payer: payer.address, spec });
  const signed = await order(3, { batch_size: 7, learning_rate: 0.2 });
  const unsigned = { firstEpoch: 4, parameters: { learning_rate: 0.3 }, signature: "" };
  expect(await judge(signed, unsigned)).toEqual({
    problems: [],
    changes: [
      { firstEpoch: 3, batchSize: 7, learningRate: 0.2 },
      { firstEpoch: 4, learningRate: 0.3 },
    ],
  });
  for (const [bad, why] of [
    [{ ...signed, signature: "" }, "is not signed by the payer"],
    [{ ...signed, firstEpoch: 4 }, "is not signed by the payer"],
    [{ ...signed, parameters: { batch_size: 8 } }, "is not signed by the payer"],
    [{ ...unsigned, signature: "00" }, "is not signed by the payer"],
    [await order(3, { batch_size: 7 }, await generateKeyPairSigner()), "is not signed by the payer"],
    [await order(11, { batch_size: 7 }), "cannot be"],
    [await order(3, { batch_size: 0 }), "cannot be"],
    [await order(3, { momentum: 0.5 }), "names momentum"],
  ] as const) {
    const { changes, problems } = await judge(bad);
    expect(changes).toEqual([]);
    expect(problems.join()).toContain(why);
  }
});

test("what a node sends instead of a proof is refused as that", () => {
  const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const proof = { version: 1, config: {}, datasetSha256: "00".repeat(32), storedEpochs: [2], parameterOrders: [] };
  const links = [{ epoch: 0 }, { epoch: 1, metrics: { loss: 0.5 } }];
  expect(parseNodeProof(encode({ ...proof, links })).metrics).toEqual(new Map([[1, { loss: 0.5 }]]));
  for (const bad of [
    encode({}),
    encode({ ...proof, links, storedEpochs: [-1] }),
    encode({ ...proof, links, config: { epochs: "many" } }),
    new TextEncoder().encode("<html>"),
  ]) {
    expect(() => parseNodeProof(bad)).toThrow(expect.toSatisfy((error) => isCyxwizError(error, "REMOTE")));
  }
});
