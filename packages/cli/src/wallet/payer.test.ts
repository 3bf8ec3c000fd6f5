import { afterAll, beforeAll, expect, test } from "vitest";
import type { KeyFile } from "../cluster/keys.ts";
import { DAY_SECONDS, Market, TOKEN } from "../testing/market.ts";

let market: Market;
let node: KeyFile;
let payer: KeyFile;
beforeAll(async () => {
  market = await Market.open();
  [node, payer] = [await market.wallet("node", 1_000n), await market.wallet("payer", 1_000n)];
  await market.run(node, "node register");
  await market.run(node, "node stake 1000");
});
afterAll(() => market?.close());

test("a job that runs is given more time, and ended for the part that is done", async () => {
  const before = await market.balance(payer);
  const { escrow, jobId } = await market.runningJob(payer, node, 100n * TOKEN);
  const [slot] = (await market.run(payer, "wallet slots")).slots as { deadline: string; state: string }[];
  expect(slot).toMatchObject({ escrow, jobId, state: "running", amount: `${100n * TOKEN}`, checkpoints: [0, 10] });
  const extended = await market.run(payer, `wallet extend ${escrow} --by 12h`);
  expect(extended.deadline).toBe(`${BigInt(slot?.deadline ?? 0) + 43_200n}`);
  expect(await market.refused(payer, `wallet extend ${escrow} --by 1w`)).toMatchObject({ exit: 2 });

  await market.anchor(escrow, 4);
  // Forty for four of ten epochs, and a tenth of the other sixty.
  const asked = await market.refused(payer, `wallet cancel ${jobId}`);
  expect(asked.exit).toBe(2);
  expect(asked.message).toMatch(/54\.00 CYXWIZ come back; the node keeps 46\.00 \(4 of 10 epochs/);
  expect(await market.run(payer, `wallet cancel ${jobId} --yes`)).toMatchObject({
    event: "cancelled",
    toPayer: `${54n * TOKEN}`,
    toNode: `${46n * TOKEN}`,
  });
  expect(await market.balance(payer)).toBe(before - 46n * TOKEN);
  expect(await market.balance(node)).toBe(46n * TOKEN);
  const over = await market.refused(payer, `wallet approve ${escrow} --yes`);
  expect(over).toMatchObject({ exit: 1, code: "NOT_POSSIBLE_NOW" });
  expect(over.message).toMatch(/the escrow is settled/);
  expect(await market.shown(payer, "wallet slots")).toMatch(
    /slot 0: settled, cancelled running\n[\s\S]*close-slot: .*from/,
  );
});

test("without Central a payer pays the node, and the slot's next job brings the report along", async () => {
  const before = await market.balance(payer);
  const first = await market.runningJob(payer, node, 10n * TOKEN);
  const isRunning = async () => (await market.run(node, "node status")).runningJobs;
  await market.run(payer, `wallet approve ${first.jobId} --yes`);
  expect(await market.balance(payer)).toBe(before - 10n * TOKEN);
  expect(await isRunning()).toBe(1);
  const nonce = await market.nonce(first.escrow);
  const next = await market.createdJob(payer, node, 5n * TOKEN);
  expect(next.escrow).toBe(first.escrow);
  expect(await market.nonce(next.escrow)).toBe(nonce + 1n);
  expect(await isRunning()).toBe(0);
  await market.run(payer, `wallet cancel ${next.jobId}`);
  expect(await market.balance(payer)).toBe(before - 10n * TOKEN);
});

test("after the deadline all comes back, and the slot with its rent", async () => {
  const before = await market.balance(payer);
  const { escrow } = await market.runningJob(payer, node, 50n * TOKEN);
  await market.later(DAY_SECONDS);
  expect(await market.run(payer, "wallet cancel --escrow", escrow)).toMatchObject({ toPayer: `${50n * TOKEN}` });
  expect(await market.balance(payer)).toBe(before);
  await market.run(payer, `wallet close-slot ${escrow}`);
  expect(await market.run(payer, "wallet slots")).toMatchObject({ slots: [] });
  expect(await market.refused(payer, `wallet close-slot ${escrow}`)).toMatchObject({ exit: 2 });
});

test("tokens that came back while the payer had no account for them come with the slot's rent", async () => {
  const other = await market.wallet("payer without an account", 5n);
  const { escrow } = await market.runningJob(other, node, 5n * TOKEN);
  await market.closeTokenAccount(other);
  await market.later(DAY_SECONDS);
  await market.run(node, `wallet cancel ${escrow}`);
  expect(await market.balance(other)).toBe(0n);
  await market.run(other, `wallet close-slot ${escrow}`);
  expect(await market.balance(other)).toBe(5n * TOKEN);
  expect(await market.run(other, "wallet slots")).toMatchObject({ slots: [] });
});
