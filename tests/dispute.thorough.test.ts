import { randomBytes } from "node:crypto";
import { isSignedBy } from "@cyxwiz/chain";
import { completionShares, EscrowOutcome, EscrowState, NodeStatus } from "@cyxwiz/contracts";
import { loadJobFile } from "@cyxwiz/engine";
import { readReputation } from "@cyxwiz/node/operator";
import { hashFromHex, toHex } from "@cyxwiz/proof";
import { DisputeParty, DisputeStage } from "@cyxwiz/protocol";
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

test("a lying node is brought to the epoch in which it lied: refund, slash and reputation come by themselves", {
  timeout: 60_000,
}, async () => {
  const node = await world.startLyingNode("liar", "skipped steps in epoch 7");
  const before = await world.balance(world.payer.address);
  const { staked } = await world.node(node.wallet);
  const jobPath = await smallJob({ epochs: 10 });
  const training = await world.cli("train", jobPath, "--review");
  expect(training.code).toBe(0);
  const told = (kind: string) => training.events.find(({ event }) => event === kind) ?? {};
  expect(told("proven").payableFromSeconds).toBeGreaterThan(Date.now() / 1_000);
  const [jobId, escrow] = [told("quoted").jobId as string, told("escrow-created").escrow as string];

  const { code, events } = await world.cli("job", "dispute", jobId, "--job-file", jobPath);
  expect(code).toBe(0);
  expect(events.at(-1)).toMatchObject({ event: "decided", won: true, reason: "replay", epoch: 7 });
  const trained = events.filter(({ event }) => event === "trained");
  expect(trained.map(({ isSame }) => isSame)).toEqual(Array.from({ length: 10 }, (_, index) => index < 6));
  expect(events.filter(({ event }) => event === "round").length).toBeLessThanOrEqual(4);

  const { verdict, stage } = await calls.getDispute({ jobId });
  if (!verdict) throw new Error("there is no verdict");
  expect(stage).toBe(DisputeStage.DECIDED);
  expect(verdict).toMatchObject({ loser: DisputeParty.NODE, epoch: 7 });
  expect(await isSignedBy(verdict.signer, verdict.signed, verdict.signature)).toBe(true);
  expect(toHex(verdict.signed)).toContain(verdict.transcript);

  await ended(escrow);
  expect(await world.escrow(escrow)).toMatchObject({ outcome: EscrowOutcome.ResolvedForPayer });
  // Half of the stake is gone, half of that to the payer, who has everything back.
  await until("the slash", async () => (await world.node(node.wallet)).status === NodeStatus.Banned);
  expect((await world.node(node.wallet)).staked).toBe(staked - staked / 2n);
  expect(await world.balance(world.payer.address)).toBe(before + staked / 4n);
  const lost = async () => {
    const moves = (await readReputation({ chain: world.chain, wallet: node.wallet as Address }))?.moves ?? [];
    return moves.some(({ kind }) => kind === "DisputeLost");
  };
  await until("the reputation", lost);
  await node.stop();
});

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
