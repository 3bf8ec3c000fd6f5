import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import {
  type AnchoredRoot,
  genesisHash,
  hashMetrics,
  type JobCommitments,
  jobRoot,
  type Link,
  nextHash,
  verifyCommitments,
} from "./index.ts";

const of32 = (byte: number) => new Uint8Array(32).fill(byte);
const GENESIS = { jobId: new Uint8Array(16).fill(1), termsHash: of32(2), datasetHash: of32(3), seed: 4n };
const METRICS = hashMetrics({ loss: 0.5 });

function* linksOf(epochs: number): Generator<Link> {
  let checkpointHash = genesisHash({ ...GENESIS, initialStateHash: of32(5) });
  yield { epoch: 0, stateHash: of32(5), metricsHash: of32(0), timestampSeconds: 0n, checkpointHash };
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const own = { stateHash: of32(epoch % 251), metricsHash: METRICS, timestampSeconds: BigInt(epoch) };
    checkpointHash = nextHash(checkpointHash, own);
    yield { epoch, ...own, checkpointHash };
  }
}

function jobOf(
  epochs: number,
  every = 50,
): JobCommitments & { links: readonly Link[]; anchors: readonly AnchoredRoot[]; end: object } {
  const links = [...linksOf(epochs)];
  const checkpoints = links.slice(1).map(({ checkpointHash }) => checkpointHash);
  const anchors: AnchoredRoot[] = [];
  for (let leafCount = every; leafCount <= epochs; leafCount += every) {
    anchors.push({ leafCount, root: jobRoot(checkpoints.slice(0, leafCount)) });
  }
  const end = { resultHash: of32(9), root: jobRoot(checkpoints, of32(9)), leafCount: epochs + 1 };
  return { genesis: GENESIS, links, anchors, end };
}

test("a job of a hundred epochs holds, with its anchors and its end, or as far as it is", async () => {
  const { end: _, ...running } = jobOf(100);
  expect(await verifyCommitments(jobOf(100))).toEqual({ holds: true, epochs: 100 });
  expect(await verifyCommitments(running)).toEqual({ holds: true, epochs: 100 });
  expect(await verifyCommitments({ ...running, links: running.links.slice(0, 1), anchors: [] })).toEqual({
    holds: true,
    epochs: 0,
  });
});

const job = jobOf(100);
const link = (epoch: number, change: Partial<Link>) => ({
  links: job.links.with(epoch, { ...(job.links[epoch] as Link), ...change }),
});
const anchor = (index: number, change: Partial<AnchoredRoot>) => ({
  anchors: job.anchors.with(index, { ...(job.anchors[index] as AnchoredRoot), ...change }),
});

test.each<[string, Partial<JobCommitments>, string, number]>([
  ["nothing", { links: [] }, "link", 0],
  ["another job", { genesis: { ...GENESIS, jobId: new Uint8Array(16) } }, "link", 0],
  ["another seed", { genesis: { ...GENESIS, seed: 5n } }, "link", 0],
  ["another data set", { genesis: { ...GENESIS, datasetHash: of32(4) } }, "link", 0],
  ["another initial state", link(0, { stateHash: of32(6) }), "link", 0],
  ["no start", { links: job.links.slice(1) }, "link", 1],
  ["an epoch left out", { links: job.links.toSpliced(7, 1) }, "link", 8],
  ["an epoch twice", { links: job.links.toSpliced(7, 0, job.links[7] as Link) }, "link", 7],
  ["another state", link(7, { stateHash: of32(99) }), "link", 7],
  ["other metrics", link(7, { metricsHash: of32(99) }), "link", 7],
  ["another hash", link(7, { checkpointHash: of32(99) }), "link", 7],
  ["time that runs backwards", link(7, { timestampSeconds: 5n }), "link", 7],
  ["an anchor of another chain", anchor(0, { root: of32(1) }), "anchor", 50],
  ["a later anchor of another chain", anchor(1, { root: of32(1) }), "anchor", 100],
  ["an anchor over fewer leaves", anchor(0, { leafCount: 49 }), "anchor", 49],
  ["an anchor over nothing", anchor(0, { leafCount: 0 }), "anchor", 0],
  ["an anchor beyond the end", anchor(1, { leafCount: 150 }), "anchor", 150],
  ["anchors in another order", { anchors: job.anchors.toReversed() }, "anchor", 50],
  ["another result", { end: { ...job.end, resultHash: of32(1) } as never }, "end", 101],
  ["another root", { end: { ...job.end, root: of32(1) } as never }, "end", 101],
  ["a leaf more", { end: { ...job.end, leafCount: 102 } as never }, "end", 102],
  ["epochs left out at the end", { links: job.links.slice(0, 81), anchors: job.anchors.slice(0, 1) }, "end", 101],
])("%s is found", async (_, change, what, at) => {
  expect(await verifyCommitments({ ...job, ...change })).toMatchObject({ holds: false, problem: { what, at } });
});

test("a leaf that is there twice gives another root, other than in trees that double the last", async () => {
  const checkpoints = job.links.slice(1, 4).map(({ checkpointHash }) => checkpointHash);
  const doubled = { leafCount: 3, root: jobRoot([...checkpoints, checkpoints[2] as Uint8Array]) };
  expect(await verifyCommitments({ ...job, anchors: [doubled] })).toMatchObject({ problem: { what: "anchor", at: 3 } });
});

test("links that come one by one, a hundred thousand of them, take no more memory than a few", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const used: number[] = [];
  const epochs = 100_000;
  async function* watched() {
    for (const each of linksOf(epochs)) {
      if (each.epoch === 1_000 || each.epoch === epochs) {
        collectGarbage();
        const { heapUsed, arrayBuffers } = process.memoryUsage();
        used.push(heapUsed + arrayBuffers);
      }
      yield each;
    }
  }
  expect(await verifyCommitments({ genesis: GENESIS, links: watched() })).toEqual({ holds: true, epochs });
  const [few, all] = used as [number, number];
  // Its hash kept of each link would be more.
  expect(all - few).toBeLessThan(32 * epochs);
});
