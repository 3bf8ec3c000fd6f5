import type { Instruction, KeyPairSigner } from "@solana/kit";
import { measureOutcomes, measureStakeUnits } from "./compute-registry.ts";
import { jobTree } from "./tree.ts";
import { bytes, mintTo, NONCE, register, stake, World } from "./world.ts";

/** The most that each instruction may cost, in compute units. Making accounts includes the search for their bumps. */
export const COMPUTE_LIMITS = {
  create_escrow_new_slot: 20_000,
  create_escrow: 2_500,
  start_escrow: 3_000,
  anchor_root: 1_000,
  commit_proof: 1_000,
  reveal_proof: 1_300,
  complete_payment: 4_000,
  approve_payment: 3_200,
  cancel_running: 3_200,
  cancel_escrow: 2_600,
  refund_escrow: 2_600,
  timeout_refund: 2_600,
  report_outcome: 3_000,
  register: 20_000,
  stake: 2_600,
  request_withdrawal: 1_000,
  finish_withdrawal: 2_600,
  claim_rewards: 2_600,
  slash: 3_500,
  record_100_outcomes: 15_000,
} as const;

/** Compute units of each instruction on its usual path, as the runtime counted them. */
export type ComputeUnits = Record<keyof typeof COMPUTE_LIMITS, number>;

/** The largest tree that `complete_payment` must stay within its limit for. */
const LEAVES = 128;

/**
 * Runs a job and the ways out of one through one slot, and makes another node. `create_escrow` is the one into a slot
 * that was used before, `complete_payment` the one of a job with 127 epochs.
 */
export async function measureComputeUnits(): Promise<ComputeUnits> {
  const world = await World.open();
  const { chain, payer, node, coordinator, admin } = world;
  const cost = async (...sent: Parameters<typeof chain.mustSend>) => (await chain.mustSend(...sent)).computeUnits;
  const proof = jobTree(
    Array.from({ length: LEAVES - 1 }, (_, epoch) => bytes(epoch + 1)),
    bytes(9),
  );

  const newSlot = await cost(payer, await world.create({ checkpoints: LEAVES - 1 }));
  const start = await cost(node, await world.start());
  await chain.mustSend(coordinator, await world.anchor({ leafCount: 2 }));
  const anchor = await cost(coordinator, await world.anchor());
  const commit = await cost(coordinator, await world.commit({ proof }));
  chain.nextSlot();
  const { root, leafCount, resultHash, checkpointHash, siblings } = proof;
  const reveal = await cost(coordinator, await world.reveal({ root, leafCount, resultHash }));
  const complete = await cost(coordinator, await world.complete({ checkpointHash, siblings }));
  const report = await cost(admin, await world.report());
  const usedSlot = await cost(payer, await world.create({ nonce: NONCE + 1n }));
  const cancel = await cost(payer, await world.cancel({ nonce: NONCE + 1n }));

  /** A job of its own that runs, then ends in this way. */
  const running = async (nonce: bigint, end: (nonce: bigint) => Promise<Instruction>, signer: KeyPairSigner) => {
    await chain.mustSend(payer, await world.create({ nonce }));
    await chain.mustSend(node, await world.start({ nonce }));
    const used = await cost(signer, await end(nonce));
    await chain.mustSend(admin, await world.report());
    return used;
  };
  const approve = await running(NONCE + 2n, (nonce) => world.approve({ nonce }), payer);
  const cancelRunning = await running(NONCE + 3n, (nonce) => world.cancelRunning({ nonce }), payer);
  const refund = await running(NONCE + 4n, (nonce) => world.refund({ nonce }), coordinator);
  await chain.mustSend(payer, await world.create({ nonce: NONCE + 5n }));
  chain.nowSeconds += 3_600n;
  const timeout = await cost(admin, await world.timeout({ nonce: NONCE + 5n }));
  const other = await chain.wallet();
  const otherToken = await chain.tokenAccount(other.address, world.mint, admin);
  await chain.mustSend(admin, mintTo(world.mint, otherToken, admin, 1n));
  const registered = await cost(other, await register({ node: other, mint: world.mint }));
  const staked = await cost(other, await stake({ node: other, nodeToken: otherToken, amount: 1n }));
  return {
    create_escrow_new_slot: newSlot,
    create_escrow: usedSlot,
    start_escrow: start,
    anchor_root: anchor,
    commit_proof: commit,
    reveal_proof: reveal,
    complete_payment: complete,
    approve_payment: approve,
    cancel_running: cancelRunning,
    cancel_escrow: cancel,
    refund_escrow: refund,
    timeout_refund: timeout,
    report_outcome: report,
    register: registered,
    stake: staked,
    ...(await measureStakeUnits()),
    record_100_outcomes: await measureOutcomes(100),
  };
}
