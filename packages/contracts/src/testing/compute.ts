import { World } from "./world.ts";

/** Compute units of each instruction on its usual path, as the runtime counted them. */
export type ComputeUnits = Record<
  | "create_escrow_new_slot"
  | "create_escrow"
  | "start_escrow"
  | "anchor_root"
  | "complete_payment"
  | "cancel_escrow"
  | "refund_escrow"
  | "timeout_refund",
  number
>;

/** Runs two jobs through one slot, and two refunds. `create_escrow` is the one into a slot that was used before. */
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
  return {
    create_escrow_new_slot: newSlot,
    create_escrow: usedSlot,
    start_escrow: start,
    anchor_root: anchor,
    complete_payment: complete,
    cancel_escrow: cancel,
    refund_escrow: refund,
    timeout_refund: timeout,
  };
}
