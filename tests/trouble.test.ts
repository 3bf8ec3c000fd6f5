import { tokenBalance } from "@cyxwiz/chain";
import type { Cluster } from "cyxwiz/testing";
import { expect, test } from "vitest";
import { clusterForTest } from "./support/cluster.ts";
import { runCli } from "./support/run-cli.ts";
import { smallJob, train } from "./support/train.ts";
import { until } from "./support/until.ts";

const payerTokens = ({ chain, platform, engineWallet }: Cluster) =>
  tokenBalance(chain, { owner: engineWallet.signer.address, mint: platform.mint });

test("Central is killed while a job runs, comes back, and the job is paid", { timeout: 120_000 }, async () => {
  const cluster = await clusterForTest();
  const training = await train(cluster, await smallJob({ epochs: 60, rows: 3000 }));
  await training.event("checkpoint");
  await cluster.central.piece.kill();
  await cluster.restartCentral();
  await training.event("paid");
  expect(await training.piece.exited).toMatchObject({ code: 0 });
});

test("the node is killed while a job runs: the tokens come back", { timeout: 120_000 }, async () => {
  const cluster = await clusterForTest({ centralArgs: ["--silence-seconds", "3", "--heartbeat-seconds", "1"] });
  const before = await payerTokens(cluster);
  const training = await train(cluster, await smallJob({ epochs: 3000, rows: 3000 }));
  await training.event("checkpoint");
  expect(await payerTokens(cluster)).toBeLessThan(before);
  await cluster.nodes[0]?.piece.kill();
  expect(await training.piece.exited).toMatchObject({ code: 1 });
  expect(training.events.map(({ event }) => event)).toContain("refunded");
  expect(await payerTokens(cluster)).toBe(before);
});

test("the engine is killed after its escrow is made: the tokens come back", { timeout: 120_000 }, async () => {
  const cluster = await clusterForTest({ centralArgs: ["--reservation-seconds", "5", "--start-seconds", "5"] });
  const before = await payerTokens(cluster);
  const training = await train(cluster, await smallJob({ epochs: 3000, rows: 3000 }));
  await training.event("escrow-created");
  await training.piece.kill();
  await until("the refund", async () => (await payerTokens(cluster)) === before);
});

test("Central or the RPC is not there: a clear error, and no escrow", { timeout: 120_000 }, async () => {
  const cluster = await clusterForTest();
  const before = await payerTokens(cluster);
  const job = await smallJob({ epochs: 1 });
  const nowhere = [{ CYXWIZ_CENTRAL_URL: "https://127.0.0.1:1" }, { CYXWIZ_RPC_URL: "http://127.0.0.1:1" }];
  for (const env of nowhere) {
    const training = await train(cluster, job, env);
    expect(await training.piece.exited).toMatchObject({ code: 1 });
    expect(training.events.at(-1)).toMatchObject({ event: "error", code: "UNREACHABLE" });
  }
  expect(await payerTokens(cluster)).toBe(before);
});

test.skipIf(process.env.CYXWIZ_RPC_URL)(
  "Central and the node are gone for good: after the deadline the payer takes the tokens back",
  {
    timeout: 120_000,
  },
  async () => {
    const cluster = await clusterForTest({ localnetArgs: ["--time-control"] });
    const before = await payerTokens(cluster);
    const training = await train(cluster, await smallJob({ epochs: 3000, rows: 3000 }));
    const { escrow } = await training.event("escrow-created");
    await training.event("checkpoint");
    for (const piece of [cluster.central.piece, cluster.nodes[0]?.piece, training.piece]) await piece?.kill();

    const args = ["wallet", "cancel", "--escrow", String(escrow), "--json"];
    // As long as the node may still be at work it would have its part; that nobody has to agree to.
    const early = await runCli(cluster, args);
    expect(early).toMatchObject({ code: 2, event: { event: "error" } });
    expect(await payerTokens(cluster)).toBeLessThan(before);
    await fetch(cluster.rpcUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "cyxwiz_advanceTime", params: [{ seconds: 8 * 86_400 }] }),
    });
    expect(await runCli(cluster, args)).toMatchObject({ code: 0, event: { event: "cancelled" } });
    expect(await payerTokens(cluster)).toBe(before);
  },
);
