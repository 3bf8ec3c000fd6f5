import { expect, test } from "vitest";
import { completionProof, jobRoot, sha256, utf8ToBytes, verifyCompletion } from "./index.ts";

const hash = (text: string) => sha256(utf8ToBytes(text));
const job = (epochs: number) => {
  const checkpoints = Array.from({ length: epochs }, (_, index) => hash(`checkpoint ${index + 1}`));
  const resultHash = hash("result");
  return { checkpoints, resultHash, root: jobRoot(checkpoints, resultHash), leafCount: epochs + 1 };
};

test("trees of every size up to 300 leaves: the proof holds, and no other does", () => {
  for (let epochs = 1; epochs < 300; epochs++) {
    const { checkpoints, ...expected } = job(epochs);
    const proof = completionProof(checkpoints, expected.resultHash);
    expect(proof.siblings.length).toBeLessThanOrEqual(Math.ceil(Math.log2(epochs + 1)));
    expect(verifyCompletion(proof, expected)).toBe(true);
    const wrong = hash("wrong");
    expect(verifyCompletion({ ...proof, checkpointHash: wrong }, expected)).toBe(false);
    expect(verifyCompletion(proof, { ...expected, resultHash: wrong })).toBe(false);
    expect(verifyCompletion(proof, { ...expected, root: wrong })).toBe(false);
    expect(verifyCompletion({ ...proof, siblings: [...proof.siblings, wrong] }, expected)).toBe(false);
    expect(verifyCompletion({ ...proof, siblings: proof.siblings.slice(1) }, expected)).toBe(epochs === 1);
  }
});

test("a tree of another size does not fit, and a job without checkpoints has no proof", () => {
  const { checkpoints, ...expected } = job(60);
  const proof = completionProof(checkpoints, expected.resultHash);
  for (const leafCount of [0, 1, 2, 60, 62, 122])
    expect(verifyCompletion(proof, { ...expected, leafCount })).toBe(false);
  expect(() => completionProof([], expected.resultHash)).toThrow(RangeError);
});
