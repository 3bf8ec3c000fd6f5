import { mintTo, register, stake, World } from "./world.ts";

/** The most that each instruction may cost, in compute units. Making accounts includes the search for their bumps. */
export const COMPUTE_LIMITS = {
  create_escrow_new_slot: 20_000,
  create_escrow: 2_500,
  start_escrow: 1_000,
  anchor_root: 1_000,
  complete_payment: 4_000,
  cancel_escrow: 2_600,
  refund_escrow: 2_600,
  timeout_refund: 2_600,
  register: 20_000,
  stake: 2_600,
} as const;

/** Compute units of each instruction on its usual path, as the runtime counted them. */
export type ComputeUnits = Record<keyof typeof COMPUTE_LIMITS, number>;

/** Runs a job and the ways out of one through one slot, and makes another node. `create_escrow` is the one into a slot that was used before. */
export async function measureComputeUnits(): Promise<ComputeUnits> {
  const world = await World.open();
  const { chain, payer, node, coordinator, admin } = world;
  const cost = async (...sent: Parameters<typeof chain.mustSend>) => (await chain.mustSend(...sent)).computeUnits;

  const newSlot = await cost(payer, await world.create());
  const start = await cost(node, await world.start());
  await chain.mustSend(coordinator, await world.anchor({ isFinal: 0, leafCount: 3 }));
  const anchor = await cost(coordinator, await world.anchor());
  const complete = await cost(coordinator, await world.complete());
  const usedSlot = await cost(payer, await world.create({ nonce: 2n }));
  const cancel = await cost(payer, await world.cancel({ nonce: 2n }));
  await chain.mustSend(payer, await world.create({ nonce: 3n }));
  const refund = await cost(coordinator, await world.refund({ nonce: 3n }));
  await chain.mustSend(payer, await world.create({ nonce: 4n }));
  chain.nowSeconds += 3_600n;
  const timeout = await cost(admin, await world.timeout({ nonce: 4n }));
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
    complete_payment: complete,
    cancel_escrow: cancel,
    refund_escrow: refund,
    timeout_refund: timeout,
    register: registered,
    stake: staked,
  };
}
