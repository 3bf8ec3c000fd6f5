import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeHeader } from "@cyxwiz/training";
import { type Cluster, endTestCluster, startTestCluster } from "cyxwiz/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { directoryForTest } from "./support/cluster.ts";
import { follow, train } from "./support/train.ts";
import { verify } from "./support/verify.ts";

const MIB = 1024 ** 2;
const WIDTH = 4096;
const SAMPLES = 512 * 1024;
/** What a process may take for itself, with the library that trains, whatever the size of the data. */
const MOST_MIB = 640;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startTestCluster({ centralArgs: ["--no-audits"] });
}, 120_000);
afterAll(() => endTestCluster(cluster));

/** A container of 2 GiB, written in pieces, and a job over it. */
async function largeJob(): Promise<string> {
  const folder = await directoryForTest();
  const header = encodeHeader(
    new Map([
      ["train.features", { dtype: "U8", shape: [SAMPLES, WIDTH] }],
      ["train.labels", { dtype: "I32", shape: [SAMPLES] }],
    ]),
  );
  const file = await open(join(folder, "large.safetensors"), "w");
  await file.write(header);
  await file.write(new Uint8Array(Int32Array.from({ length: SAMPLES }, (_, row) => row % 2).buffer));
  const piece = Buffer.alloc(1024 * WIDTH);
  for (let at = 0; at < piece.length; at++) piece[at] = Math.floor(at / WIDTH) % 2 === at % 2 ? 200 : (at * 31) % 128;
  for (let row = 0; row < SAMPLES; row += 1024) await file.write(piece);
  await file.close();
  const job = {
    model: {
      class_name: "Sequential",
      config: {
        layers: [
          { class_name: "InputLayer", config: { batch_shape: [null, WIDTH] } },
          { class_name: "Rescaling", config: { scale: 1 / 255 } },
          { class_name: "Dense", config: { units: 2, activation: "softmax" } },
        ],
      },
    },
    training: {
      optimizer: { class_name: "SGD", config: { learning_rate: 0.01 } },
      loss: "sparse_categorical_crossentropy",
      batch_size: 1024,
      epochs: 1,
    },
    data: { path: "large.safetensors" },
    output: "weights.safetensors",
  };
  const path = join(folder, "job.json");
  await writeFile(path, JSON.stringify(job));
  return path;
}

/** The most memory that a process has had, in MiB. */
async function peakMib(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

test("two gibibytes are streamed by one process and on by the next, trained, paid for and verified, in a fraction of that memory", {
  timeout: 600_000,
}, async () => {
  const jobPath = await largeJob();
  const first = await train(cluster, jobPath);
  const { jobId } = await first.event("quoted");
  await first.event("accepted");
  await first.piece.kill();
  const training = await follow(cluster, ["job", "attach", jobId as string, "--job", jobPath]);
  await training.event("trained");
  const peaks = { engine: await peakMib(training.piece.pid), node: await peakMib(cluster.nodes[0]?.piece.pid) };
  await training.event("paid");
  expect(await training.piece.exited).toMatchObject({ code: 0 });
  expect((SAMPLES * WIDTH) / MIB).toBeGreaterThan(3 * MOST_MIB);
  expect(peaks.engine).toBeLessThan(MOST_MIB);
  expect(peaks.node).toBeLessThan(MOST_MIB);
  // With the data that the node serves.
  const { code, last } = await verify(cluster, [jobId as string, "--all"]);
  expect({ code, last }).toMatchObject({ code: 0, last: { holds: true } });
});
