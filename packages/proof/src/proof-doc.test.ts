import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  auditLots,
  challengerMove,
  checkpointLeaf,
  completionClaim,
  completionProof,
  concatBytes,
  consistencyProof,
  encodeAuditVerdict,
  encodeCancelOrder,
  encodeDisputeVerdict,
  encodeMetrics,
  encodeParameterOrder,
  genesisHash,
  hashJobTerms,
  hashMetrics,
  inclusionProof,
  jobLeaves,
  jobRoot,
  leafHash,
  nextHash,
  nodeMove,
  playMove,
  proofCommitment,
  resultLeaf,
  startBisection,
  toHex,
} from "./index.ts";

const text = readFileSync(new URL("../../../docs/proof.md", import.meta.url), "utf8");

/** The job of the documentation's test vectors: two epochs, a state of 32 bytes that all say the epoch's number. */
async function vectors(): Promise<Record<string, string>> {
  const fill = (byte: number) => new Uint8Array(32).fill(byte);
  const jobId = "0190d5a2-0000-7000-8000-000000000001";
  const termsHash = hashJobTerms({
    jobId,
    jobType: 1,
    priority: 1,
    modelDefinition: "{}",
    hyperparameters: { b: "2", a: "1" },
    datasetUri: "",
    datasetSha256: "dd".repeat(32),
    datasetSamples: 60_000n,
    testSamples: 10_000n,
    batchSize: 128,
    epochs: 2,
    seed: 7n,
  });
  const jobIdBytes = Uint8Array.from(Buffer.from(jobId.replaceAll("-", ""), "hex"));
  const genesis = genesisHash({
    jobId: jobIdBytes,
    termsHash,
    datasetHash: fill(0xdd),
    seed: 7n,
    initialStateHash: fill(0),
  });
  const metrics = { loss: 0.5, accuracy: 0.75 };
  const metricsHash = hashMetrics(metrics);
  const first = nextHash(genesis, { stateHash: fill(1), metricsHash, timestampSeconds: 1_800_000_000n });
  const second = nextHash(first, { stateHash: fill(2), metricsHash, timestampSeconds: 1_800_000_010n });
  const result = fill(9);
  const leaves = jobLeaves([first, second], result);
  const root = jobRoot([first, second], result);
  const [sibling] = inclusionProof(leaves, 2);
  const epochs = [1, 2, 3, 4, 5, 6].map(fill);
  const longer = jobLeaves(epochs, result);
  const completion = completionProof(epochs, result);
  const lots = auditLots({ jobId: jobIdBytes, root, blockHash: fill(0xbb) });
  const verdict = { jobId: jobIdBytes, root, outcome: "REFUTED", epochs: [1, 2], firstFalse: 2 } as const;
  const about = {
    genesis: { jobId: jobIdBytes, termsHash, datasetHash: fill(0xdd), seed: 7n },
    ...{ escrow: fill(0xe5), nonce: 3n, root, epochs: 2, hasResult: true, moveSeconds: 3_600n },
    ...{ challenger: fill(0xc1), node: fill(0xc2) },
  };
  const begun = startBisection(about, 1_800_000_100n);
  const opening = challengerMove(begun, { positions: [genesis, first, fill(0xaa)], last: 2 }) as Uint8Array;
  const move = { bytes: opening, signature: new Uint8Array(64).fill(0x51) };
  const opened = await playMove(begun, { by: "challenger", move, nowSeconds: 1_800_000_100n }, () => true);
  const epoch = (state: number, timestampSeconds: bigint) => ({
    stateHash: fill(state),
    metricsHash,
    timestampSeconds,
  });
  const trained = [epoch(1, 1_800_000_000n), epoch(2, 1_800_000_010n)];
  const shown = nodeMove(opened, { initialStateHash: fill(0), epochs: trained, resultHash: result }) as Uint8Array;
  const { escrow } = about;
  const decided = { jobId: jobIdBytes, escrow, loser: "node", reason: "replay", epoch: 2 } as const;
  return {
    "terms hash": toHex(termsHash),
    H_0: toHex(genesis),
    "metrics, encoded": toHex(encodeMetrics(metrics)),
    "metrics hash": toHex(metricsHash),
    H_1: toHex(first),
    H_2: toHex(second),
    "order from epoch 2 on": toHex(
      encodeParameterOrder({ jobId: jobIdBytes, firstEpoch: 2, parameters: { learning_rate: 0.5, batch_size: 64 } }),
    ),
    "lots of an audit below 10,000, 100, 7": [10_000, 100, 7].map(lots).join(" "),
    "verdict: epoch 2 of epochs 1 and 2 is false": toHex(encodeAuditVerdict(verdict)),
    "order to cancel": toHex(encodeCancelOrder(jobIdBytes)),
    "leaf of epoch 1": toHex(checkpointLeaf(1, first)),
    "its leaf hash": toHex(leafHash(checkpointLeaf(1, first))),
    "leaf of the result": toHex(resultLeaf(result)),
    "inclusion proof of the result": toHex(sibling as Uint8Array),
    "completion proof: siblings": completionProof([first, second], result).siblings.map(toHex).join(" "),
    "commitment, escrow 32 bytes e5, nonce 3": toHex(
      proofCommitment({ escrow: fill(0xe5), nonce: 3n, leafCount: 3, root, resultHash: result }),
    ),
    "bisection: where its transcript begins": toHex(begun.transcript),
    "bisection: epoch 2 is 32 bytes aa to the challenger": toHex(opening),
    "transcript after that, the signature 64 bytes 51": toHex(opened.transcript),
    "bisection: the node shows its start and epoch 2": toHex(shown),
    "verdict then: epoch 2, the node, by replay": toHex(
      encodeDisputeVerdict({ ...decided, transcript: opened.transcript }),
    ),
    root: toHex(root),
    claim: new TextDecoder().decode(completionClaim({ jobId, resultHash: toHex(result), root: toHex(root) })),
    "root of 3 leaves": toHex(jobRoot(epochs.slice(0, 3))),
    "root of 4 leaves": toHex(jobRoot(epochs.slice(0, 4))),
    "root of all 7": toHex(jobRoot(epochs, result)),
    "consistency, 3 to 7": toHex(concatBytes(...consistencyProof(longer, 3))),
    "consistency, 4 to 7": toHex(concatBytes(...consistencyProof(longer, 4))),
    "completion, of 7": toHex(concatBytes(completion.checkpointHash, ...completion.siblings)),
  };
}

test("the documented test vectors are what the code computes", async () => {
  const rows = text.matchAll(/^\| ([^|`]+?) +\| `([^`]+)` +\|$/gm);
  expect(Object.fromEntries(Array.from(rows, ([, name, value]) => [name, value]))).toEqual(await vectors());
});

test("the documented terms are hashed as they stand", async () => {
  const json = /```json\n(.*)\n```/.exec(text)?.[1] ?? "";
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(json));
  expect(toHex(new Uint8Array(digest))).toBe((await vectors())["terms hash"]);
});
