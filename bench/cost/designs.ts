import { OutcomeKind } from "@cyxwiz/contracts";
import { Reputation, World } from "@cyxwiz/contracts/testing";
import type { Instruction } from "@solana/kit";
import { type JobInstructions, jobInstructions } from "./job-instructions.ts";
import { type Entry, Ledger } from "./ledger.ts";
import { newParties, treeOf } from "./parties.ts";

/** Epochs of the job whose cost is measured, and after how many of them a root goes on chain. */
export const EPOCHS = 100;
const ANCHOR_EVERY = 50;
const completed = (entry: number) => ({ entry, kind: OutcomeKind.Completed, value: 950 });

/** Jobs whose coordinator shares its transactions between them. */
export const BATCHED_JOBS = 10;

/** What a design's transactions have cost, all jobs together. */
export interface DesignCost {
  readonly jobs: number;
  readonly entries: readonly Entry[];
  /** Lamports that lie in a job's accounts before the first job and until they are closed: no cost, but tied up. */
  readonly depositLamports: bigint;
}

/**
 * The project's own design: slots used again, roots every 50 epochs, reputation 100 nodes at once, the coordinator's
 * transactions shared between jobs.
 *
 * @param jobCount how many jobs run at the same time, each in a slot that was used before
 */
export async function runOurDesign(jobCount = BATCHED_JOBS): Promise<DesignCost> {
  const world = await World.open();
  const { chain, coordinator } = world;
  const tree = treeOf(EPOCHS);
  const before = new Ledger(world);
  const jobs: JobInstructions[] = [];
  for (let job = 0; job < jobCount; job++) jobs.push(await usedSlot(world));
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
  const costOf = ({ entries: [create] }: Ledger) => (create?.lamports ?? 0n) / BigInt(jobCount);
  return { jobs: jobCount, entries: ledger.entries, depositLamports: costOf(before) - costOf(ledger) };

  /** A slot whose first job is over, ready for its second. */
  async function usedSlot(on: World): Promise<JobInstructions> {
    const parties = await newParties(on);
    const nonce = chain.nowSeconds;
    const first = jobInstructions(on, parties, tree, nonce);
    await before.send("create_escrow (new account)", parties.payer, await first.create());
    await chain.mustSend(parties.payer, await on.cancel({ ...parties, nonce }));
    return jobInstructions(on, parties, tree, nonce + 1n);
  }
}

/**
 * What one job costs when the same programs are used as a first design would: a new account for every job, closed
 * afterwards, a transaction for every checkpoint, one for every step of the settlement, one for every change of reputation.
 */
export async function runNaiveDesign(): Promise<DesignCost> {
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
  // A slot can't be closed at once.
  chain.nowSeconds += 86_400n;
  await ledger.send("close_slot (rent back)", parties.payer, await job.close());
  return { jobs: 1, entries: ledger.entries, depositLamports: 0n };
}
