import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { toJsonString } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { tokenBalance } from "@cyxwiz/chain";
import { parseJobFile } from "@cyxwiz/engine";
import { createTlsTransport, JobService, JobType, StatusCode, SubmitJobResponseSchema } from "@cyxwiz/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cluster, endTestCluster, startTestCluster } from "./testing/index.ts";
import { writeSmallJob } from "./testing/small-job.ts";

const EXAMPLES = fileURLToPath(new URL("../../../examples/", import.meta.url));
const LAUNCHER = fileURLToPath(new URL("../bin/cyxwiz.js", import.meta.url));
let cluster: Cluster;

beforeAll(async () => {
  cluster = await startTestCluster();
});
afterAll(() => endTestCluster(cluster));

async function run(args: readonly string[], input = "") {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...cluster.environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.end(input);
  const [output, errors] = [text(child.stdout), text(child.stderr)];
  const [code] = (await once(child, "close")) as [number];
  return { code, output: await output, errors: await errors };
}

const balance = () =>
  tokenBalance(cluster.chain, { owner: cluster.engineWallet.signer.address, mint: cluster.platform.mint });

test("the example jobs are valid", async () => {
  for (const name of ["mnist-mlp.json", "mnist-cnn.json"]) {
    const job = parseJobFile(await readFile(join(EXAMPLES, name), "utf8"), name);
    expect(job.maxCost).toBe(5_000_000_000n);
  }
});

test("examples/submit.ts has a model trained and paid for", { timeout: 60_000 }, async () => {
  const { code, output, errors } = await run([join(EXAMPLES, "submit.ts"), await writeSmallJob(cluster.dataDir)]);
  expect(`${code}${errors}`).toBe("0");
  const lines = output.trim().split("\n");
  const milestones = [
    "quoted",
    "escrow-confirmed",
    "connected",
    "accepted",
    "trained",
    "downloaded",
    "anchored",
    "paid",
  ];
  for (const milestone of milestones) expect(lines).toContain(milestone);
  expect(lines.at(-1)).toMatch(/weights\.safetensors payer -\d+, node \d+, platform \d+$/);
});

test("cyxwiz train says what it did, and refuses a quote above the limit before it pays", async () => {
  const job = await writeSmallJob(cluster.dataDir);
  const before = await balance();
  const refused = await run([LAUNCHER, "train", job, "--max-cost", "0.000000001", "--json"]);
  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.output.trim().split("\n").at(-1) ?? "")).toMatchObject({ code: "QUOTE_TOO_HIGH" });
  expect(await balance()).toBe(before);
  const done = await run([LAUNCHER, "train", job]);
  expect(`${done.code}${done.errors}`).toBe("0");
  expect(done.output).toContain("Receipt");
});

test("an escrow made by hand serves a client that knows nothing of wallets; cancelled by hand, it comes back", async () => {
  const before = await balance();
  const { transport, close } = createTlsTransport({
    peer: "Central",
    baseUrl: cluster.central.url,
    certificatePem: cluster.central.certificatePem,
    maxMessageBytes: 1_000_000,
  });
  const central = createClient(JobService, transport);
  try {
    const quote = await central.submitJob({
      config: {
        jobType: JobType.TRAINING,
        modelDefinition: JSON.stringify({ architecture: "MLP", layers: [2, 8, 2] }),
        batchSize: 32,
        epochs: 1,
        paymentAddress: cluster.engineWallet.signer.address,
        datasetSha256: "0".repeat(64),
        datasetSamples: 100n,
      },
    });
    const terms = toJsonString(SubmitJobResponseSchema, quote);
    const made = await run([LAUNCHER, "wallet", "escrow", "--job-terms", "-", "--json"], terms);
    expect(`${made.code}${made.errors}`).toBe("0");
    const { escrow, signature, jobId } = JSON.parse(made.output);
    expect(jobId).toBe(quote.jobId);
    const confirmed = await central.confirmEscrow({ jobId, escrowTxSignature: signature });
    expect(confirmed.authToken.split(".")).toHaveLength(3);
    const cancelled = await run([LAUNCHER, "wallet", "cancel", "--escrow", escrow, "--json"]);
    expect(`${cancelled.code}${cancelled.errors}`).toBe("0");
    expect(await balance()).toBe(before);
    // Central sees it on chain by itself, and the node is free again.
    const status = async () => (await central.getJobStatus({ jobId })).status?.status;
    await expect.poll(status, { timeout: 10_000 }).toBe(StatusCode.STATUS_REFUNDED);
  } finally {
    close();
  }
});
