import { expect, test } from "vitest";
import { CYXWIZ } from "../testing/world.ts";
import { Job } from "./testing/job.ts";
import { withAmount } from "./testing/till.ts";

test("the deposit of an appeal comes from the loser, not out of the vault itself or anybody else's pocket", async () => {
  const job = await Job.at("Resolved");
  const { chain, vault, escrow, treasury, nodeToken } = job.world;
  // So much that the vault could pay the deposit to itself.
  job.world.forge({ amount: 500n * CYXWIZ });
  chain.overwrite(vault, (data) => withAmount(data, 500n * CYXWIZ));
  for (const account of [treasury, nodeToken]) chain.overwrite(account, (data) => withAmount(data, 500n * CYXWIZ));
  for (const loserToken of [vault, treasury, nodeToken]) {
    // The token program: the owner does not match.
    expect(await job.rehearse("appeal", { loserToken })).toBe("custom 4");
  }
  expect(await job.rehearse("appeal", { loserToken: escrow })).toBe("InvalidAccountData");
  await job.must("appeal");
  expect(chain.tokens(vault)).toBe(600n * CYXWIZ);
});

test("a loser without the deposit cannot appeal", async () => {
  const job = await Job.at("Resolved");
  const { chain, payerToken } = job.world;
  chain.overwrite(payerToken, (data) => withAmount(data, 100n * CYXWIZ - 1n));
  expect(await job.rehearse("appeal")).toBe("custom 1");
  chain.overwrite(payerToken, (data) => withAmount(data, 100n * CYXWIZ));
  expect(await job.rehearse("appeal")).toBe("ok");
});

test("a deposit that would not fit into the vault beside the amount is refused before anything moves", async () => {
  const job = await Job.at("Resolved");
  const { amount } = job.escrow;
  job.world.forge({ appealDeposit: 2n ** 64n - amount });
  expect(await job.rehearse("appeal")).toBe("jobEscrow.overflow");
  // One less fits; nobody has so much.
  job.world.forge({ appealDeposit: 2n ** 64n - 1n - amount });
  expect(await job.rehearse("appeal")).toBe("custom 1");
});
