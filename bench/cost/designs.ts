import { OutcomeKind } from "@cyxwiz/contracts";
import { Reputation, World } from "@cyxwiz/contracts/testing";
import type { Instruction } from "@solana/kit";
import { type JobInstructions, jobInstructions } from "./job-instructions.ts";
import { Ledger } from "./ledger.ts";
import { newParties, treeOf } from "./parties.ts";

/** Epochs of the job whose cost is measured, and after how many of them a root goes on chain. */
export const EPOCHS = 100;
const ANCHOR_EVERY = 50;
const completed = (entry: number) => ({ entry, kind: OutcomeKind.Completed, value: 950 });

/** Jobs whose coordinator shares its transactions between them. */
export const BATCHED_JOBS = 10;

/**
 * The project's own design: slots used again, roots every 50 epochs, reputation 100 nodes at once, the coordinator's
 * transactions shared between jobs.
 *
 * @returns what `BATCHED_JOBS` jobs have cost, each in a slot that was used before
 */
export async function runOurDesign(): Promise<readonly Ledger["entries"][number][]> {
  const world = await World.open();
  const { chain, coordinator } = world;
  const tree = treeOf(EPOCHS);
  const jobs: JobInstructions[] = [];
  for (let job = 0; job < BATCHED_JOBS; job++) jobs.push(await usedSlot(world));
  const reputation = await Reputation.open(chain, world.admin, coordinator);
  await reputation.addNodes(jobs.length);

  const ledger = new Ledger(world);
  const all = (build: (job: JobInstructions) => Promise<Instruction>[]) =>
    Promise.all(jobs.map((job) => Promise.all(build(job))));
  for (const job of jobs) await ledger.send("create_escrow (used slot)", job.parties.payer, await job.create());
  for (const job of jobs) await ledger.send("start_escrow", job.parties.node, await job.start());
  const anchors = await all((job) => [job.anchor(ANCHOR_EVERY)]);
  await ledger.sendBatched(`anchor_root (epoch ${ANCHOR_EVERY})`, coordinator, anchors);
  await ledger.sendBatched("commit_proof", coordinator, await all((job) => [job.commit()]));
  chain.nextSlot();
  await ledger.sendBatched("reveal_proof", coordinator, await all((job) => [job.reveal()]));
  await ledger.sendBatched("complete, report", coordinator, await all((job) => [job.complete(), job.report()]));
  await ledger.send("record_outcomes", coordinator, await reputation.record(jobs.map((_, entry) => completed(entry))));
  return ledger.entries;

  /** A slot whose first job is over, ready for its second. */
  async function usedSlot(on: World): Promise<JobInstructions> {
    const parties = await newParties(on);
    const nonce = chain.nowSeconds;
    const first = jobInstructions(on, parties, tree, nonce);
    await chain.mustSend(parties.payer, await first.create());
    await chain.mustSend(parties.payer, await on.cancel({ ...parties, nonce }));
    return jobInstructions(on, parties, tree, nonce + 1n);
  }
}

/**
 * What the same programs cost when they are used as a first design would: a new account for every job, a transaction
 * for every checkpoint, one for every step of the settlement, one for every change of reputation.
 *
 * @returns what one job has cost
 */
export async function runNaiveDesign(): Promise<readonly Ledger["entries"][number][]> {
  const world = await World.open();
  const { chain, coordinator } = world;
  const parties = await newParties(world);
  const job = jobInstructions(world, parties, treeOf(EPOCHS), chain.nowSeconds);
  const reputation = await Reputation.open(chain, world.admin, coordinator);
  await reputation.addNodes(1);

  const ledger = new Ledger(world);
  await ledger.send("create_escrow (new account)", parties.payer, await job.create());
  await ledger.send("start_escrow", parties.node, await job.start());
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    await ledger.send("anchor_root (every epoch)", coordinator, await job.anchor(epoch));
  }
  await ledger.send("commit_proof", coordinator, await job.commit());
  chain.nextSlot();
  await ledger.send("reveal_proof", coordinator, await job.reveal());
  await ledger.send("complete_payment", coordinator, await job.complete());
  await ledger.send("report_outcome", coordinator, await job.report());
  await ledger.send("record_outcomes", coordinator, await reputation.record([completed(0)]));
  return ledger.entries;
}
