import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { firstBrokenLink, genesisHash, hashFromHex, hashMetrics, jobRoot } from "@cyxwiz/proof";
import { decodeSafetensors } from "@cyxwiz/training";
import { afterEach, beforeEach, expect, test } from "vitest";
import { termsOf } from "./jobs/check-job.ts";
import { jobIdBytes } from "./jobs/job-id.ts";
import { collect, Fixture } from "./testing/fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await Fixture.start();
});
afterEach(() => fixture.close());

test("a job sent by a gRPC client is trained, proven, stored and reported", async () => {
  const { client, jobId, config } = await fixture.submit();
  const updates = await collect(client);
  const kinds = updates.map(({ update }) => update.case);
  expect(kinds[0]).toBe("log");
  expect(kinds.filter((kind) => kind === "checkpoint")).toHaveLength(3);
  expect(kinds).toContain("progress");
  expect(kinds.at(-1)).toBe("complete");
  const progress = updates.find(({ update }) => update.case === "progress")?.update.value;
  expect(progress).toMatchObject({ totalEpochs: 3, totalBatches: 12, metrics: { loss: expect.any(Number) } });

  const complete = updates.at(-1)?.update.value as { resultHash: string; proofOfCompute: string };
  const weights = await readFile(join(fixture.dataDir, "jobs", jobId, "weights.safetensors"));
  expect(createHash("sha256").update(weights).digest("hex")).toBe(complete.resultHash);
  expect([...decodeSafetensors(weights, "weights").tensors.keys()]).toContain("dense/kernel");

  await fixture.central.until(() => fixture.central.completions.length > 0);
  expect(fixture.central.accepted).toEqual([jobId]);
  expect(fixture.chain.started).toHaveLength(1);
  const links = fixture.central.progress.flatMap(({ commitments, metrics }) =>
    commitments.map((link) => ({ ...link, metrics })),
  );
  expect(links.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3]);
  const [start, ...epochs] = links;
  const genesis = genesisHash({
    jobId: jobIdBytes(jobId),
    termsHash: termsOf(config, jobId),
    datasetHash: hashFromHex(config.datasetSha256, "data set"),
    seed: 7n,
    initialStateHash: hashFromHex(start?.stateHash ?? "", "start"),
  });
  const chain = epochs.map((link) => ({
    stateHash: hashFromHex(link.stateHash, "state"),
    metricsHash: hashMetrics(link.metrics),
    timestampSeconds: link.timestamp,
    checkpointHash: hashFromHex(link.checkpointHash, "checkpoint"),
  }));
  expect(firstBrokenLink(genesis, chain)).toBeUndefined();
  const root = jobRoot(
    chain.map(({ checkpointHash }) => checkpointHash),
    hashFromHex(complete.resultHash, "result"),
  );
  expect(complete.proofOfCompute).toBe(Buffer.from(root).toString("hex"));
  expect(fixture.central.completions[0]).toMatchObject({
    jobId,
    result: { proofOfCompute: complete.proofOfCompute, modelWeightsHash: complete.resultHash },
  });
});

test("the same job twice gives the same result hash", async () => {
  const hashes: string[] = [];
  for (let run = 0; run < 2; run++) {
    const { client } = await fixture.submit();
    const last = (await collect(client)).at(-1)?.update;
    hashes.push(last?.case === "complete" ? last.value.resultHash : `${last?.case}`);
  }
  expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(hashes[1]).toBe(hashes[0]);
});
