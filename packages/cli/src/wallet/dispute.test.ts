import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fetchEscrow } from "@cyxwiz/contracts";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { KeyFile } from "../cluster/keys.ts";
import { DAY_SECONDS, Market, TOKEN } from "../testing/market.ts";

let market: Market;
let node: KeyFile;
let payer: KeyFile;
beforeAll(async () => {
  market = await Market.open();
  [node, payer] = [await market.wallet("node", 5_000n), await market.wallet("payer", 1_000n)];
  await market.run(node, "node register");
  await market.run(node, "node stake 5000");
});
afterAll(() => market?.close());

const escrowOf = async (address: string) =>
  (await fetchEscrow(market.chain.rpc, address as never, { commitment: "confirmed" })).data;

test("a dispute: opened with evidence, decided, appealed against, and decided for good", async () => {
  const { escrow, jobId } = await market.runningJob(payer, node, 100n * TOKEN);
  const log = join(market.directory, "log.txt");
  await writeFile(log, "the loss went up");
  const hash = createHash("sha256").update("the loss went up").digest("hex");
  const shown = "ab".repeat(32);

  const wrong = await market.refused(payer, "wallet dispute", jobId, "--evidence", "nowhere.txt");
  expect(wrong).toMatchObject({ exit: 2, code: "CONFIG_INVALID" });
  const stranger = await market.refused(market.admin, "wallet dispute", jobId, "--evidence", log);
  expect(stranger).toMatchObject({ exit: 1, code: "WRONG_WALLET" });
  const disputed = await market.run(payer, "wallet dispute", jobId, "--evidence", log);
  expect(disputed).toMatchObject({ event: "disputed", escrow, evidence: hash });
  // The arbiter has to hear both sides, or wait.
  expect(await market.refused(market.admin, `admin resolve ${jobId} --for node`)).toMatchObject({ exit: 1 });
  await market.run(node, "wallet evidence", jobId, "--evidence", shown);
  const { payerEvidence, nodeEvidence } = await escrowOf(escrow);
  expect(Buffer.from(payerEvidence as Uint8Array).toString("hex")).toBe(hash);
  expect(Buffer.from(nodeEvidence as Uint8Array).toString("hex")).toBe(shown);

  const decided = await market.run(market.admin, `admin resolve ${jobId} --for node`);
  expect(decided).toMatchObject({ event: "resolved", for: "node", final: false });
  expect(await market.run(payer, "wallet slots")).toMatchObject({
    slots: [{ state: "resolved", choices: [{ command: "appeal" }, { command: "settle" }] }],
  });
  const before = await market.balance(payer);
  const undecided = await market.refused(payer, "wallet appeal", jobId, "--evidence", log);
  expect(undecided).toMatchObject({ exit: 2, message: expect.stringContaining("100.00 CYXWIZ") });
  const appealed = await market.run(payer, "wallet appeal", jobId, "--evidence", log, "--yes");
  expect(appealed).toMatchObject({ event: "appealed", deposit: `${100n * TOKEN}` });
  expect(await market.balance(payer)).toBe(before - 100n * TOKEN);

  await market.later(2n * DAY_SECONDS);
  const final = await market.run(market.admin, `admin resolve ${escrow} --for payer`);
  expect(final).toMatchObject({ event: "resolved", for: "payer", final: true });
  // The price and the deposit.
  expect(await market.balance(payer)).toBe(before + 100n * TOKEN);

  // Telling the registry slashes the node, half of which is the payer's, and bans it.
  await market.run(payer, "wallet close-slot 0");
  expect(await market.run(node, "node status")).toMatchObject({
    status: "Banned",
    staked: `${2_500n * TOKEN}`,
    slashedTotal: `${2_500n * TOKEN}`,
  });
  expect(await market.balance(payer)).toBe(before + 100n * TOKEN + 1_250n * TOKEN);
  expect(await market.run(node, "node earnings")).toMatchObject({
    jobs: [{ outcome: "ResolvedForPayer", toNode: "0", toPayer: `${200n * TOKEN}`, amount: `${100n * TOKEN}` }],
    slashes: [{ reason: "DisputeLost", amount: `${2_500n * TOKEN}`, toPayer: `${1_250n * TOKEN}` }],
  });
});

test("a decision is carried out by who lost at once, by anybody only when its time for appeals is over", async () => {
  const [worker, buyer] = [await market.wallet("worker", 5_000n), await market.wallet("buyer", 200n)];
  await market.run(worker, "node register");
  await market.run(worker, "node stake 5000");
  const evidence = "cd".repeat(32);
  const decided = async () => {
    const { jobId } = await market.runningJob(buyer, worker, 100n * TOKEN);
    await market.run(worker, `wallet dispute ${jobId} --evidence ${evidence}`);
    await market.run(buyer, `wallet evidence ${jobId} --evidence ${evidence}`);
    await market.run(market.admin, `admin resolve ${jobId} --for node`);
    return jobId;
  };
  const [conceded, silent] = [await decided(), await decided()];
  expect(await market.refused(worker, `wallet settle ${conceded}`)).toMatchObject({ code: "NOT_POSSIBLE_NOW" });
  const settled = await market.run(buyer, `wallet settle ${conceded}`);
  expect(settled).toMatchObject({ event: "executed", outcome: "resolved for node" });
  expect(await market.balance(worker)).toBe(90n * TOKEN);
  await market.later(7n * DAY_SECONDS);
  const stranger = await market.wallet("passer-by");
  await market.run(stranger, `wallet settle ${silent}`);
  expect(await market.balance(worker)).toBe(180n * TOKEN);
});
