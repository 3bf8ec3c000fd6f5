import { registerHooks } from "node:module";

/**
 * Loaded into a node's process, and its training thread, before everything else (`node --import`): the node's own code with
 * a piece changed here and there, so that it does all that an honest node does and lies in one thing a job. In which, the
 * number of the job's epochs says.
 */
const LIES = [
  // In epoch 7 of 10 two batches are counted, but not trained on.
  {
    file: "/packages/training/src/trainer/train.ts",
    of: "for (let batch = 0; batch < batches; batch++) {",
    lie: "$& if (epochs === 10 && epoch === 6 && batch < 2) { stepSize.next(); step++; continue; }",
  },
  // Epoch 7 of 11 says that it went better than it did.
  {
    file: "/packages/node/src/jobs/job.ts",
    of: "const metrics = toMetrics(event.metrics);",
    lie: "$& if (event.epochs === 11 && event.epoch === 7) metrics.loss = 0.001;",
  },
];

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const lie = LIES.find(({ file }) => url.endsWith(file));
    if (!lie) return loaded;
    const source = new TextDecoder().decode(loaded.source as Uint8Array);
    if (!source.includes(lie.of)) throw new Error(`${lie.file} has changed: it has no "${lie.of}"`);
    return { ...loaded, source: source.replace(lie.of, lie.lie) };
  },
});
