import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { tokenAccountBalance, tokenBalance } from "@cyxwiz/chain";
import { EscrowState, fetchEscrow } from "@cyxwiz/contracts";
import { address } from "@solana/kit";
import { type Cluster, endTestCluster, startTestCluster } from "cyxwiz/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { jobByUri, streamedJob } from "./support/streamed-job.ts";
import { smallJob, train } from "./support/train.ts";
import { verify } from "./support/verify.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startTestCluster();
}, 120_000);
afterAll(() => endTestCluster(cluster));

async function balances({ chain, platform, engineWallet, nodes }: Cluster) {
  const { mint } = platform;
  const node = nodes[0]?.wallet.signer.address ?? engineWallet.signer.address;
  const [payer, nodeTokens, treasury] = await Promise.all([
    tokenBalance(chain, { owner: engineWallet.signer.address, mint }),
    tokenBalance(chain, { owner: node, mint }),
    tokenAccountBalance(chain, platform.treasury),
  ]);
  return { payer, node: nodeTokens, treasury };
}

test("two paid jobs, the data sent and then streamed: exact balances, one escrow slot, the same weights, both verified", {
  timeout: 120_000,
}, async () => {
  const job = await smallJob({ epochs: 3 });
  const jobs = [job, await streamedJob(job)];
  const hashes: string[] = [];
  const jobIds: string[] = [];
  const escrows: string[] = [];
  const nonces: bigint[] = [];
  for (const job of jobs) {
    const before = await balances(cluster);
    const training = await train(cluster, job);
    const result = await training.event("result");
    expect(await training.piece.exited).toMatchObject({ code: 0 });
    const kinds = new Set(training.events.map(({ event }) => event));
    for (const kind of ["quoted", "escrow-created", "connected", "accepted", "checkpoint", "downloaded", "anchored"]) {
      expect(kinds).toContain(kind);
    }
    const { receipt, resultHash, weightsPath } = result as unknown as {
      receipt: { amount: string; escrow: string; root: string };
      resultHash: string;
      weightsPath: string;
    };
    const amount = BigInt(receipt.amount);
    const after = await balances(cluster);
    expect(amount).toBeGreaterThan(0n);
    expect(after.node - before.node).toBe((amount * 9_000n) / 10_000n);
    const fee = (amount * 1_000n) / 10_000n;
    // On an outside cluster others pay into the same treasury at the same time.
    if (cluster.localnet) expect(after.treasury - before.treasury).toBe(fee);
    expect(after.payer + after.node + fee).toBe(before.payer + before.node);
    expect(
      createHash("sha256")
        .update(await readFile(weightsPath))
        .digest("hex"),
    ).toBe(resultHash);

    const escrow = await fetchEscrow(cluster.chain.rpc, address(receipt.escrow), { commitment: "confirmed" });
    expect(escrow.data).toMatchObject({ state: EscrowState.Settled, reported: 2 });
    nonces.push(escrow.data.nonce);
    expect(Buffer.from(escrow.data.root).toString("hex")).toBe(receipt.root);
    hashes.push(resultHash);
    jobIds.push((await training.event("quoted")).jobId as string);
    escrows.push(receipt.escrow);
  }
  expect(hashes[1]).toBe(hashes[0]);
  expect(escrows[1]).toBe(escrows[0]);
  expect(nonces[1]).toBe((nonces[0] ?? 0n) + 1n);
  // With the data that the node serves, by its own word or by the payer's hash, and with the file that was streamed.
  const verdicts = await Promise.all([
    verify(cluster, [jobIds[1] ?? "", "--epoch", "3"]),
    verify(cluster, [jobIds[1] ?? "", "--epoch", "1", "--job-file", jobs[1] ?? ""]),
    verify(cluster, [jobIds[0] ?? "", "--epoch", "2", "--job-file", await jobByUri(job)]),
  ]);
  for (const { code, last } of verdicts) expect({ code, last }).toMatchObject({ code: 0, last: { holds: true } });
});
