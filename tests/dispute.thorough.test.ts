import { randomBytes } from "node:crypto";
import { completionShares, EscrowOutcome, EscrowState } from "@cyxwiz/contracts";
import { loadJobFile } from "@cyxwiz/engine";
import { hashFromHex } from "@cyxwiz/proof";
import { DisputeParty } from "@cyxwiz/protocol";
import type { Address } from "@solana/kit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { disputeCalls, disputeOnChain, moveBy } from "./support/accuse.ts";
import { DisputeWorld } from "./support/dispute-world.ts";
import { smallJob } from "./support/train.ts";
import { until } from "./support/until.ts";

let world: DisputeWorld;
let calls: ReturnType<typeof disputeCalls>;

beforeAll(async () => {
  world = await DisputeWorld.start();
  calls = disputeCalls(world);
}, 60_000);
afterAll(async () => {
  calls?.close();
  await world?.close();
});

/** Has a job trained that its payer reviews before it is paid. */
async function provenJob(epochs: number) {
  const jobPath = await smallJob({ epochs });
  const request = await loadJobFile(jobPath, { output: `${jobPath}.safetensors` });
  const job = world.engine.submit({ ...request, review: true });
  const told = { jobId: "", escrow: "", amount: 0n };
  for await (const event of job) {
    if (event.type === "quoted") Object.assign(told, { jobId: event.jobId, amount: event.amount });
    if (event.type === "escrow-created") told.escrow = event.escrow;
    if (event.type === "proven") break;
  }
  job.result.catch(() => undefined);
  job.detach();
  return told;
}

const ended = (escrow: string) =>
  until("the escrow's end", async () => (await world.escrow(escrow)).state === EscrowState.Settled);

test("an honest node that is accused answers by itself, and is paid", { timeout: 60_000 }, async () => {
  const node = await world.startHonestNode("honest");
  const { jobId, escrow, amount } = await provenJob(9);
  const wallet = node.wallet as Address;
  const paidBefore = await world.balance(wallet);
  expect(await world.engine.dispute(jobId)).toEqual({ kind: "nothing differs" });
  await disputeOnChain(world, escrow);
  // The node's own chain up to epoch 5, and from there on something made up.
  const { links } = await world.links(jobId);
  const positions = links.map(({ epoch, checkpointHash }) =>
    epoch < 6 ? hashFromHex(checkpointHash, "checkpoint_hash") : new Uint8Array(randomBytes(32)),
  );
  const challenge = { positions, last: 9 };
  await until("the verdict", async () => (await moveBy(world, calls, { jobId, challenge })).verdict !== undefined);
  const { verdict, moves } = await calls.getDispute({ jobId });
  expect(verdict).toMatchObject({ loser: DisputeParty.CHALLENGER, reason: "replay", epoch: 6 });
  expect(moves.length).toBeGreaterThan(4);
  await ended(escrow);
  expect(await world.escrow(escrow)).toMatchObject({ outcome: EscrowOutcome.ResolvedForNode });
  expect(await world.balance(wallet)).toBe(paidBefore + completionShares(amount, 1_000).node);
});
