import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  findNodeAddress,
  findPageAddress,
  getAddNodeInstructionAsync,
  getOpenPageInstructionAsync,
  getRecordOutcomesInstructionAsync,
  getSyncTierInstructionAsync,
  OutcomeKind,
} from "@cyxwiz/contracts";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { KeyFile } from "../cluster/keys.ts";
import { DAY_SECONDS, Market, TOKEN } from "../testing/market.ts";

let market: Market;
let node: KeyFile;
let payer: KeyFile;
beforeAll(async () => {
  market = await Market.open();
  [node, payer] = [await market.wallet("node", 1_000n), await market.wallet("payer", 100n)];
});
afterAll(() => market?.close());

test("an operator's life: register, stake, earn, claim rewards, withdraw", { timeout: 120_000 }, async () => {
  expect(await market.refused(node, "node stake 10")).toMatchObject({ exit: 1, code: "NODE_NOT_ON_CHAIN" });
  expect(await market.run(node, "node register")).toMatchObject({ event: "registered" });
  expect(await market.run(node, "node register")).toMatchObject({ event: "unchanged" });
  expect(await market.refused(node, "node stake 1000.5")).toMatchObject({ exit: 1, code: "STAKE_NOT_FUNDED" });
  expect(await market.run(node, "node stake 600")).toMatchObject({ staked: `${600n * TOKEN}` });
  expect(await market.shown(node, "node status")).toMatch(/stake +600\.00 CYXWIZ, enough for jobs below 50\.00/);

  // A job: while it runs, its node cannot go.
  const job = await market.runningJob(payer, node, 10n * TOKEN);
  expect(await market.run(node, "node status")).toMatchObject({ runningJobs: 1, status: "Active", tier: "bronze" });
  const paid = await market.run(payer, `wallet approve ${job.jobId} --yes`);
  expect(paid).toMatchObject({ event: "approved", amount: `${10n * TOKEN}` });
  expect(await market.balance(node)).toBe(409n * TOKEN);
  // The treasury is the admin's own account: what it sends on its own account is no pay for an audit.
  await market.run(market.admin, `wallet transfer --amount 0.25 --to ${node.signer.address}`);
  await market.later(1_201n);
  // Closing the slot tells the registry of the end.
  await market.run(payer, `wallet close-slot 0`);
  expect(await market.run(node, "node status")).toMatchObject({ runningJobs: 0 });
  const earnings = await market.run(node, "node earnings");
  expect(earnings).toMatchObject({
    jobs: [{ jobId: job.jobId, outcome: "Approved", toNode: `${9n * TOKEN}`, toPlatform: `${TOKEN}` }],
    audits: [],
    totals: { earned: `${9n * TOKEN}`, audits: "0", slashed: "0", jobs: 1, paidJobs: 1 },
    reputation: null,
  });
  expect((earnings as { jobs: { signature: string }[] }).jobs[0]?.signature).toBe(paid.signature);
  expect(await market.shown(node, "node earnings")).toContain(`${job.jobId}`);

  // Rewards for stake that was not slashed for 90 days, from what somebody has put there.
  const early = await market.refused(node, "node rewards");
  expect(early).toMatchObject({ exit: 1, code: "NOT_POSSIBLE_NOW" });
  expect(early.message).toMatch(/from \d{4}-\d\d-\d\d/);
  const refused = await market.refused(node, "node withdraw 100");
  expect(refused.message).toMatch(/locked until/);
  await market.later(91n * DAY_SECONDS);
  await market.run(market.admin, "wallet mint --amount 50 --to", market.admin.signer.address);
  expect(await market.run(market.admin, "admin fund-rewards 50")).toMatchObject({ balance: `${50n * TOKEN}` });
  const rewarded = BigInt((await market.run(node, "node rewards")).amount as string);
  // 5 % a year of 600 CYXWIZ, for 91 days and the seconds that the test took.
  expect(rewarded).toBeGreaterThan((30n * TOKEN * 91n) / 365n);
  expect(rewarded).toBeLessThan((30n * TOKEN * 92n) / 365n);
  expect(await market.balance(node)).toBe(409n * TOKEN + TOKEN / 4n + rewarded);

  // Out again: a part, kept after all; then everything.
  expect(await market.refused(node, "node withdraw --finish")).toMatchObject({ code: "NOT_POSSIBLE_NOW" });
  expect(await market.run(node, "node withdraw 100")).toMatchObject({ amount: `${100n * TOKEN}` });
  expect(await market.run(node, "node status")).toMatchObject({ withdrawing: `${100n * TOKEN}` });
  expect(await market.run(node, "node withdraw --cancel")).toMatchObject({ event: "kept" });
  expect(await market.run(node, "node withdraw")).toMatchObject({ event: "requested", amount: `${600n * TOKEN}` });
  expect((await market.refused(node, "node withdraw --finish")).message).toMatch(/can be had from/);
  await market.later(14n * DAY_SECONDS);
  expect(await market.run(node, "node withdraw --finish")).toMatchObject({ amount: `${600n * TOKEN}` });
  expect(await market.run(node, "node status")).toMatchObject({ status: "Withdrawn", staked: "0" });
  expect(await market.balance(node)).toBe(1_009n * TOKEN + TOKEN / 4n + rewarded);
  expect(await market.run(node, "node earnings")).toMatchObject({ totals: { rewards: `${rewarded}` } });
});

test("a node gets its pay without Central: it proves its work, and is paid when the window is over", async () => {
  const [alone, buyer] = [await market.wallet("alone", 1_000n), await market.wallet("buyer", 100n)];
  await market.run(alone, "node register");
  await market.run(alone, "node stake 1000");
  const { escrow, jobId } = await market.runningJob(buyer, alone, 10n * TOKEN);
  expect(await market.refused(alone, `node claim ${jobId}`)).toMatchObject({ exit: 1, code: "JOB_NOT_FOUND" });
  expect(await market.refused(alone, "node claim 7")).toMatchObject({ exit: 2 });

  // What a node keeps of a job that it has finished.
  const checkpoints = Array.from({ length: 10 }, (_, epoch) => `${epoch}`.repeat(64));
  const proof = { version: 1, escrow, nonce: `${await market.nonce(escrow)}`, checkpoints, resultHash: "f".repeat(64) };
  const kept = join(market.nodeDirectory, "jobs", jobId);
  await mkdir(kept, { recursive: true });
  await writeFile(join(kept, "proof.json"), JSON.stringify(proof));
  const proven = await market.run(alone, `node claim ${jobId}`);
  expect(proven).toMatchObject({ event: "proven", payableFrom: expect.stringMatching(/^\d+$/) });
  expect(await market.shown(alone, `node claim ${jobId}`)).toMatch(/claim again from .* \(in (1d|23h \d+m)\)/);
  await market.later(DAY_SECONDS);
  expect(await market.run(alone, `node claim ${jobId}`)).toMatchObject({ event: "paid" });
  expect(await market.balance(alone)).toBe(9n * TOKEN);
  expect(await market.run(alone, `node claim ${jobId}`)).toMatchObject({ event: "settled", outcome: "Completed" });
  expect(await market.run(alone, "node status")).toMatchObject({ runningJobs: 0 });
});

test("earnings say what reputation is made of and why it moved", async () => {
  const rated = await market.wallet("rated");
  const wallet = rated.signer.address;
  await market.run(rated, "node register");
  const { signer: coordinator } = market.coordinator;
  const page = await findPageAddress(0);
  const record = async (sequence: bigint, kind: OutcomeKind, value: number) =>
    market.send(
      coordinator,
      await getRecordOutcomesInstructionAsync({ coordinator, page, sequence, outcomes: [{ entry: 0, kind, value }] }),
    );
  await market.send(
    coordinator,
    await getOpenPageInstructionAsync({ payer: coordinator, coordinator, pageIndex: 0 }),
    await getAddNodeInstructionAsync({ coordinator, page, wallet }),
    await getSyncTierInstructionAsync({ node: await findNodeAddress(wallet), page, entry: 0 }),
  );
  const completed = await record(1n, OutcomeKind.Completed, 900);
  const stars = await record(2n, OutcomeKind.Rated, 5);
  const failed = await record(3n, OutcomeKind.InvalidProof, 0);

  const { reputation } = await market.run(rated, "node earnings");
  // 400/22 + 225/21 + 200/21 + 100/22, each rounded down, and 10 + 5 − 100.
  const parts = { completion: 18, accuracy: 10, rating: 9, proofs: 4, uptime: 0, events: -85 };
  expect(reputation).toMatchObject({
    ...{ score: 0, tier: "bronze", parts },
    moves: [
      { kind: "InvalidProof", points: -100, signature: failed },
      { kind: "Rated", value: 5, points: 5, signature: stars },
      { kind: "Completed", value: 900, points: 10, signature: completed },
    ],
  });
  const shown = await market.shown(rated, "node earnings");
  expect(shown).toMatch(/reputation 0 of 1000, bronze\n +completed +18 of 400: 1 of 2 jobs/);
  expect(shown).toMatch(/why it moved\n.*invalid proof +-100/);
});
