import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";

/**
 * Loaded into a node's process, and its training thread, before everything else (`node --import`): the node's own code with
 * a piece changed here and there, so that it does all that an honest node does, and lies where a line of the
 * file that `CYXWIZ_TEST_LIE` names says so.
 */
const LIES = {
  "random weights": {
    file: "/packages/training/src/trainer/train.ts",
    of: "const weights = model.readWeights();",
    lie: "$& if (IS) for (const tensor of weights) for (let at = 0; at < tensor.length; at++) tensor[at] = Math.random() - 0.5;",
  },
  "fewer epochs": {
    file: "/packages/training/src/trainer/train.ts",
    of: "for (; epoch < epochs && ",
    lie: "for (; epoch < (IS ? epochs >> 1 : epochs) && ",
  },
  "another job's proof": {
    file: "/packages/node/src/jobs/proof-chain.ts",
    of: "genesisHash(genesis)",
    lie: "genesisHash(IS ? { ...genesis, jobId: new Uint8Array(16) } : genesis)",
  },
  "last year's proof": {
    file: "/packages/node/src/jobs/proof-chain.ts",
    of: "return toHex(jobRoot(this.#checkpoints, resultHash));",
    lie: "if (IS) return globalThis.lastYears; globalThis.lastYears = toHex(jobRoot(this.#checkpoints, resultHash)); $&",
  },
  "a duplicated leaf": {
    file: "/packages/node/src/jobs/proof-chain.ts",
    of: "return toHex(jobRoot(this.#checkpoints, resultHash));",
    lie: "if (IS) return toHex(jobRoot([...this.#checkpoints, this.#checkpoints.at(-1)], resultHash)); $&",
  },
  "a smaller data set": {
    file: "/packages/training/src/trainer/validation.ts",
    of: "Uint32Array.from({ length: split.samples }",
    lie: "Uint32Array.from({ length: IS ? split.samples >> 1 : split.samples }",
  },
  "a wrong seed": {
    file: "/packages/training/src/trainer/initial-weights.ts",
    of: "new Philox(seed, PURPOSE.initialWeights, index)",
    lie: "new Philox(IS ? seed + 1 : seed, PURPOSE.initialWeights, index)",
  },
  "skipped steps": {
    file: "/packages/training/src/trainer/train.ts",
    of: "for (let batch = 0; batch < batches; batch++) {",
    lie: "$& if (IS && batch < 2) { stepSize.next(); step++; continue; }",
  },
  "skipped steps in epoch 7": {
    file: "/packages/training/src/trainer/train.ts",
    of: "for (let batch = 0; batch < batches; batch++) {",
    lie: "$& if (IS && epoch === 6 && batch < 2) { stepSize.next(); step++; continue; }",
  },
  "metrics that lie": {
    file: "/packages/training/src/trainer/train.ts",
    of: "const weights = model.readWeights();",
    lie: "if (IS) metrics = { ...metrics, loss: metrics.loss / 2 }; $&",
  },
  "metrics that lie in epoch 7": {
    file: "/packages/training/src/trainer/train.ts",
    of: "const weights = model.readWeights();",
    lie: "if (IS && epoch === 6) metrics = { ...metrics, loss: 0.001 }; $&",
  },
  "metrics that end it early": {
    file: "/packages/training/src/trainer/train.ts",
    of: "const weights = model.readWeights();",
    lie: "if (IS && epoch > 0) metrics = { ...metrics, val_loss: 9 }; $&",
  },
  "a silent auditor": {
    file: "/packages/node/src/audits/audit-desk.ts",
    of: "this.#assigned.clear();",
    lie: "if (IS) return; $&",
  },
  "a bought auditor": {
    file: "/packages/node/src/audits/audit-work.ts",
    of: "return findingOf(verdict);",
    lie: 'if (IS) return { outcome: "HOLDS", firstFalse: 0, problem: "" }; $&',
  },
  "a framing auditor": {
    file: "/packages/node/src/audits/audit-work.ts",
    of: "return findingOf(verdict);",
    lie: 'if (IS) return { outcome: "REFUTED", firstFalse: 3, problem: "it is wrong" }; $&',
  },
  "a state withheld": {
    file: "/packages/node/src/states/find-kept.ts",
    of: "switch (resource.kind) {",
    lie: 'if (IS && kind !== "proof") throw new CyxwizError("NOT_KEPT", { jobId, what: kind }); $&',
  },
} as const;
/** What a node can lie in. */
export type Lie = keyof typeof LIES;

declare global {
  /** Whether the node is to lie in this now. */
  var isLying: (lie: string) => boolean;
}
const told = process.env.CYXWIZ_TEST_LIE;
globalThis.isLying = (lie) => told !== undefined && readFileSync(told, "utf8").split("\n").includes(lie);

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const lies = Object.entries(LIES).filter(([, { file }]) => url.endsWith(file));
    if (lies.length === 0) return loaded;
    let source = new TextDecoder().decode(loaded.source as Uint8Array);
    for (const [name, { file, of, lie }] of lies) {
      if (!source.includes(of)) throw new Error(`${file} has changed: it has no "${of}"`);
      source = source.replace(of, lie.replaceAll("IS", `isLying(${JSON.stringify(name)})`));
    }
    return { ...loaded, source };
  },
});
